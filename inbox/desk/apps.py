"""Apps of ours at providers: one set of keys and one address for webhooks, serving many channels."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from connectors.contract import App
from inbox.activity import record
from inbox.connect import build_app, open_app, save_app
from inbox.models import Agent, ProviderApp
from inbox.permissions import Can, require


def make_app(kind: str, values: Mapping[str, object], *, name: str, by: Agent, now: datetime) -> ProviderApp:
    """Write down an app's keys, and make up the words that the provider is to be told."""
    require(by, Can.CONNECT_CHANNELS)
    app = build_app(kind, values)
    words = {f.name: secrets.token_urlsafe(24) for f in fields(app) if f.metadata.get("made")}  # type: ignore[arg-type]  # a dataclass
    with transaction.atomic():
        row = ProviderApp.objects.create(kind=kind, name=name, token=secrets.token_urlsafe(24), created_at=now)
        save_app(row, replace(app, **words))  # type: ignore[type-var]  # as above
        record("app_made", now=now, by=by, app=row.pk)
    return row


def change_app(row: ProviderApp, values: Mapping[str, object], *, name: str, by: Agent, now: datetime) -> None:
    """Replace its keys; a secret left empty stays as it was. The channels that it serves use them from now on."""
    require(by, Can.CONNECT_CHANNELS)
    with transaction.atomic():
        row = ProviderApp.objects.select_for_update().get(pk=row.pk)
        app = open_app(row)
        row.name = name
        row.save(update_fields=["name"])
        save_app(row, _changed(app, values))
        record("app_changed", now=now, by=by, app=row.pk)


def _changed(app: App, values: Mapping[str, object]) -> App:
    secret = {f.name for f in fields(app) if f.metadata.get("secret")}  # type: ignore[arg-type]  # a dataclass
    known = asdict(app)  # type: ignore[call-overload]  # as above
    kept = {name: value for name, value in values.items() if name in known and (value or name not in secret)}
    return replace(app, **kept)  # type: ignore[type-var]  # as above


def hook_address(row: ProviderApp) -> str:
    """Where its provider calls us: from the settings, never from what a browser claims."""
    return f"{settings.PUBLIC_URL}/hooks/{row.kind}/{row.token}"
