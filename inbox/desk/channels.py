"""Connecting an account, changing its settings, pausing it: what an admin does about channels."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from connectors import meter
from connectors.contract import Connector, Refreshable, Report, Reporting, Subscribing
from connectors.errors import ChannelError
from connectors.meter import Left
from inbox.activity import record
from inbox.connect import build, connect, metered, note_left, open_app, renewed, save
from inbox.desk.apps import hook_address
from inbox.desk.judge import require_courteous_words
from inbox.errors import AlreadyDone, AnotherAccount, ConnectedAlready
from inbox.models import Agent, Brand, Channel, ChannelState, Delivery, DeliveryState, ProviderApp, Team
from inbox.outbound import verdicts
from inbox.permissions import Can, require
from inbox.wake import wake

NOTHING_TOLD: Mapping[str, Left] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Checked:
    """What an account's provider told: how it stands, and what it says of its limits, by their names.

    `keys` are the fields that changed because the account had to be given a new key first: they are to be kept.
    """

    report: Report
    left: Mapping[str, Left]
    keys: Mapping[str, object]


def check(connector: Connector, *, by: Agent, now: datetime) -> Checked:
    """Try an account without keeping anything: who we are there and, where the provider tells, what we may do.

    Raise a ChannelError in plain words.
    """
    require(by, Can.CONNECT_CHANNELS)
    with meter.listening() as heard:
        opened = _with_a_key(connector, now)
        name = opened.check()
        report = opened.report(now) if isinstance(opened, Reporting) else Report(name=name)
    return Checked(report, heard.left, {} if opened is connector else _differing(connector, opened))


def _with_a_key(connector: Connector, now: datetime) -> Connector:
    """The account with a key that is good: a refresh token that was typed in has brought none yet."""
    ends = connector.expires_at() if isinstance(connector, Refreshable) else None
    return connector.refresh(now) if isinstance(connector, Refreshable) and ends and ends <= now else connector


def _differing(one: Connector, other: Connector) -> Mapping[str, object]:
    before = asdict(one)  # type: ignore[call-overload]  # a dataclass
    return {name: value for name, value in asdict(other).items() if value != before[name]}  # type: ignore[call-overload]  # likewise


def connect_channel(
    kind: str,
    values: Mapping[str, object],
    *,
    name: str,
    brand: Brand,
    team: Team,
    by: Agent,
    now: datetime,
    app: ProviderApp | None = None,
    monthly_cap: int | None = None,
    signature: str = "",
    left: Mapping[str, Left] = NOTHING_TOLD,
) -> Channel:
    """Connect an account and begin to poll it.

    `left` is what its check told, `signature` its own, if it is to have one in place of the brand's. Raise
    ConnectedAlready if it is there, AgainstGuidelines for the signature.
    """
    require(by, Can.CONNECT_CHANNELS)
    require_courteous_words([signature])
    connector = build(kind, values)
    with transaction.atomic():
        if there := Channel.objects.filter(kind=kind, account__iexact=connector.account).first():
            raise ConnectedAlready(name=there.name)
        about = {"name": name, "brand": brand, "team": team, "app": app, "monthly_cap": monthly_cap}
        account = {"kind": kind, "account": connector.account, "address": connector.own_address}
        channel = Channel.objects.create(**account, **about, signature=signature, created_at=now, poll_at=now)
        save(channel, connector)
        note_left(channel, left)
        record("channel_connected", now=now, by=by, channel=channel.pk)
    return channel


def change_channel(
    channel: Channel,
    values: Mapping[str, object],
    *,
    name: str,
    brand: Brand,
    team: Team,
    by: Agent,
    now: datetime,
    app: ProviderApp | None = None,
    monthly_cap: int | None = None,
    signature: str = "",
    left: Mapping[str, Left] = NOTHING_TOLD,
) -> Channel:
    """Change settings or credentials; a secret left empty stays as it was. The channel works again from now on.

    `left` is what its check told. Raise ConnectedAlready or AnotherAccount for another account than before,
    AgainstGuidelines for the signature.
    """
    require(by, Can.CONNECT_CHANNELS)
    require_courteous_words([signature])
    with transaction.atomic():
        channel = Channel.objects.select_for_update(of=("self",)).select_related("app").get(pk=channel.pk)
        connector = changed(connect(channel), values)
        channel.name, channel.brand, channel.team = name, brand, team
        channel.app, channel.monthly_cap, channel.signature = app or channel.app, monthly_cap, signature
        channel.account, channel.address = _same_account(channel, connector), connector.own_address
        channel.state, channel.failures, channel.broken_until, channel.poll_at = ChannelState.WORKING, 0, None, now
        channel.last_error = None
        channel.save()
        save(channel, connector)
        note_left(channel, left)
        verdicts.forget_given_up(channel)
        _send_what_waited(channel, now)
        record("channel_changed", now=now, by=by, channel=channel.pk)
    return channel


def _same_account(channel: Channel, connector: Connector) -> str:
    """How the channel's account is called from now on. Up to where it was read would mean nothing in another one."""
    if connector.by_hand or connector.account == channel.account:
        return channel.account
    same = Channel.objects.filter(kind=channel.kind, account__iexact=connector.account)
    if there := same.exclude(pk=channel.pk).first():
        raise ConnectedAlready(name=there.name)
    if channel.account and connector.account.lower() != channel.account.lower():
        raise AnotherAccount(account=channel.address, other=connector.own_address)
    return connector.account


def subscribe(channel: Channel, *, now: datetime) -> bool:
    """Have the provider call us with this account's events. Return whether it is one that can; raise a ChannelError."""
    connector = renewed(channel, now)
    if not (channel.app and isinstance(connector, Subscribing)):
        return False
    app = open_app(channel.app)
    made = [f.name for f in fields(app) if f.metadata.get("made")]  # type: ignore[arg-type]  # a dataclass
    with metered(channel, now):
        connector.subscribe(hook_address(channel.app), str(getattr(app, made[0])) if made else "")
    return True


def present(channel: Channel, now: datetime) -> Connector:
    """The connector as it is kept, its key renewed where that is due and can be: a check tells what is wrong else."""
    try:
        return renewed(channel, now)
    except ChannelError:
        return connect(channel)


def changed(connector: Connector, values: Mapping[str, object]) -> Connector:
    """The connector with other values; a secret that was left empty keeps the one it has."""
    secrets = {f.name for f in fields(connector) if f.metadata.get("secret")}  # type: ignore[arg-type]  # a dataclass
    filled = {name: value for name, value in values.items() if value or name not in secrets}
    known = {f.name for f in fields(connector) if not f.metadata.get("kept")}  # type: ignore[arg-type]  # a dataclass
    return replace(connector, **{name: value for name, value in filled.items() if name in known})  # type: ignore[type-var]


def pause_channel(channel: Channel, *, by: Agent, now: datetime) -> None:
    """Neither fetch nor send until it is resumed; answers wait in the outbox."""
    _set(channel, ChannelState.PAUSED, "channel_paused", by=by, now=now)


def resume_channel(channel: Channel, *, by: Agent, now: datetime) -> None:
    """Fetch and send again, at once."""
    _set(channel, ChannelState.WORKING, "channel_resumed", by=by, now=now)


def _set(channel: Channel, state: ChannelState, verb: str, *, by: Agent, now: datetime) -> None:
    require(by, Can.CONNECT_CHANNELS)
    with transaction.atomic():
        changed = Channel.objects.filter(pk=channel.pk).exclude(state=state)
        if not changed.update(state=state, failures=0, broken_until=None, poll_at=now, last_error=None):
            raise AlreadyDone
        if state == ChannelState.WORKING:
            _send_what_waited(channel, now)
        record(verb, now=now, by=by, channel=channel.pk)


def _send_what_waited(channel: Channel, now: datetime) -> None:
    """Answers that were put off while the channel did not work go out now, not after their pause."""
    Delivery.objects.filter(channel=channel, state=DeliveryState.QUEUED, due_at__gt=now).update(due_at=now)
    wake("inbox.outbound.tasks.send_due")
