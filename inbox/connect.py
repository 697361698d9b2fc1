"""From a channel's row to a connector: the only place where credentials are opened or sealed."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from connectors.contract import Connector, Refreshable
from connectors.registry import kinds
from inbox import vault
from inbox.models import Channel

RENEW_BEFORE = timedelta(minutes=5)


def connect(channel: Channel) -> Connector:
    """The connector of a channel, with its credentials opened. Raise vault.WrongKey."""
    plain = vault.unseal(bytes(channel.sealed), _place(channel))
    return build(channel.kind, msgspec.json.decode(plain))


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
    plain = msgspec.json.encode(asdict(connector))  # type: ignore[call-overload]  # as above
    channel.sealed = vault.seal(plain, _place(channel))
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


def _place(channel: Channel) -> str:
    return f"inbox_channel:sealed:{channel.pk}"
