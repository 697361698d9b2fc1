"""From a channel's row to a connector: the only place where credentials are opened or sealed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, asdict, fields
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from connectors import meter, webpush
from connectors.contract import App, Connector, Refreshable
from connectors.registry import kinds
from inbox import spending, vault
from inbox.models import Channel, Installation, ProviderApp

RENEW_BEFORE = timedelta(minutes=5)
PUSH_KEY = "inbox_installation:push_key:1"


def connect(channel: Channel) -> Connector:
    """The connector of a channel, with its credentials opened. Raise vault.WrongKey."""
    values = msgspec.json.decode(vault.unseal(bytes(channel.sealed), _place(channel)))
    return build(channel.kind, values | (app_values(channel.app) if channel.app else {}))


def open_app(app: ProviderApp) -> App:
    """An app of ours at a provider, with its keys opened. Raise vault.WrongKey."""
    return build_app(app.kind, app_values(app))


def app_values(app: ProviderApp) -> dict[str, Any]:
    """The fields of an app; a connector has fields of the same names. Raise vault.WrongKey."""
    values: dict[str, Any] = msgspec.json.decode(vault.unseal(bytes(app.sealed), _place_of(app)))
    return values


def build_app(kind: str, values: Mapping[str, object]) -> App:
    """An app from its fields' values. Raise KeyError for a kind that needs none."""
    cls = kinds()[kind].app
    if cls is None:
        raise KeyError(kind)
    known = {f.name for f in fields(cls)}  # type: ignore[arg-type]  # every app is a dataclass, as the suite proves
    return cls(**{name: value for name, value in values.items() if name in known})


def save_app(row: ProviderApp, app: App) -> None:
    """Seal an app's fields into its row, which must have its primary key."""
    row.sealed = vault.seal(msgspec.json.encode(asdict(app)), _place_of(row))  # type: ignore[call-overload]  # as above
    row.save(update_fields=["sealed"])


def build(kind: str, values: Mapping[str, object]) -> Connector:
    """A connector from its fields' values; a field added since they were saved takes its default."""
    cls = kinds()[kind]
    known = {f.name for f in fields(cls)}  # type: ignore[arg-type]  # every connector is a dataclass, as the suite proves
    return cls(**{name: value for name, value in values.items() if name in known})


def missing(kind: str, values: Mapping[str, object]) -> list[str]:
    """The names of fields that have no default and no value."""
    cls = kinds()[kind]
    return [
        f.name
        for f in fields(cls)  # type: ignore[arg-type]  # as above
        if f.default is MISSING and f.default_factory is MISSING and not values.get(f.name)
    ]


def save(channel: Channel, connector: Connector) -> None:
    """Seal a connector's fields into the channel's row. The channel must have its primary key."""
    own = asdict(connector)  # type: ignore[call-overload]  # as above
    if channel.app:
        # What is the app's stays with the app: its keys are replaced in one place.
        own = {name: value for name, value in own.items() if name not in app_values(channel.app)}
    channel.sealed = vault.seal(msgspec.json.encode(own), _place(channel))
    if isinstance(connector, Refreshable):
        ends = connector.expires_at()
        channel.renew_at = ends - RENEW_BEFORE if ends else None
    channel.save(update_fields=["sealed", "renew_at"])


def renewed(channel: Channel, now: datetime) -> Connector:
    """A connector whose key is good for at least five more minutes.

    Refresh tokens are used once: two workers that renew at the same time would lock the account out. So the row
    is locked, the new pair is committed, and only then is it used. Raises what `refresh` raises.
    """
    if channel.renew_at is None or channel.renew_at > now:
        return connect(channel)
    with transaction.atomic():
        locked = Channel.objects.select_for_update().get(pk=channel.pk)
        connector = connect(locked)
        if isinstance(connector, Refreshable) and locked.renew_at and locked.renew_at <= now:
            connector = connector.refresh(now)
            save(locked, connector)
    channel.sealed, channel.renew_at = locked.sealed, locked.renew_at
    return connector


def doubt(channel: Channel, now: datetime) -> None:
    """A key was refused before its time: whoever uses the channel next renews it first. Only then is the refusal true.

    Keys that cannot be renewed, and those that ended already, stay as they are.
    """
    Channel.objects.filter(pk=channel.pk, renew_at__gt=now).update(renew_at=now)


@contextmanager
def metered(channel: Channel, now: datetime) -> Iterator[None]:
    """Write down what the calls inside of this block cost, and what they left of the provider's limits."""
    with meter.listening() as heard:
        try:
            yield
        finally:
            prices = kinds()[channel.kind].prices
            if heard.units:
                spending.note(channel, prices, heard.units, now)
            if heard.things:
                spending.note_things(channel, prices, heard.things, now)
            note_left(channel, heard.left)


def note_left(channel: Channel, left: Mapping[str, meter.Left]) -> None:
    """Write down what a provider told of its limits; what a server says each time alike is written once."""
    known = channel.left | msgspec.to_builtins(dict(left))
    if known != channel.left:
        channel.left = known
        Channel.objects.filter(pk=channel.pk).update(left=known)


def push_sender(now: datetime) -> webpush.Sender:
    """Who we are to push services of browsers. Our key is made when it is first asked for. Raise vault.WrongKey."""
    row, _made = Installation.objects.get_or_create(id=1, defaults={"created_at": now})
    if not row.push_key:
        with transaction.atomic():
            row = Installation.objects.select_for_update().get(id=1)
            if not row.push_key:
                save_push_key(row, webpush.new_private())
    # A push service writes there if we do something wrong. It takes no address without TLS, not even in the demo.
    contact = settings.PUBLIC_URL.replace("http://", "https://", 1)
    return webpush.Sender(open_push_key(row), contact)


def open_push_key(row: Installation) -> int:
    """The private key by which push services know us. Raise vault.WrongKey."""
    return int.from_bytes(vault.unseal(bytes(row.push_key), PUSH_KEY), "big")


def save_push_key(row: Installation, private: int) -> None:
    """Seal it into its row."""
    row.push_key = vault.seal(private.to_bytes(32, "big"), PUSH_KEY)
    row.save(update_fields=["push_key"])


def _place_of(app: ProviderApp) -> str:
    return f"inbox_providerapp:sealed:{app.pk}"


def _place(channel: Channel) -> str:
    return f"inbox_channel:sealed:{channel.pk}"
