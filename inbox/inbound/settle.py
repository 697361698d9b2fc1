"""Giving what an item holds its place: words, reports of what became of ours, changes of what was said before."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.contract import Change, Content, Echo, Incoming, Probe, Receipt, Revoked
from inbox.desk import trials
from inbox.inbound import forwards, poll, receive, screening, too_large, twins
from inbox.inbound.belonging import Source, arrive
from inbox.models import Outcome
from inbox.outbound import receipts, under_way

WAITS_FOR_ITS_MESSAGE = timedelta(days=1)


class TooEarly(Exception):
    """It belongs to something that has not come yet, or that is just being sent: look at it again later."""


def settle(source: Source, contents: Sequence[Content], facts: dict[str, str], *, trusted: bool = False) -> None:
    """Give what an item holds its place. `trusted` is a person's word that it is not spam. Call inside a transaction.

    Raise TooEarly for what belongs to something that is not here yet.
    """
    told = [content for content in contents if isinstance(content, Receipt)]
    if told:
        _report(source, told)
    if not contents:
        receive.finish(source, Outcome.RECEIPT)  # nothing that anybody needs to read
    for content in contents:
        match content:
            case Echo():
                _echo(source, content)
            case Change():
                _change(source, content, facts)
            case Incoming():
                _receive_or_hold(source, content, facts, trusted=trusted)
            case Probe():
                _note_test(source, content)
            case Revoked():
                poll.note_revoked(source.channel, source.now)
                receive.finish(source, Outcome.RECEIPT)


def _note_test(source: Source, tested: Probe) -> None:
    """A mail that a channel sent itself is nothing that anybody said: it is the receipt of a test."""
    if tested.arrived:
        trials.note_came(source.channel, source.now)
        receive.finish(source, Outcome.RECEIPT, test="came")
    else:
        receive.finish(source, Outcome.RECEIPT, **twins.COPY_OF_TEST)


def _echo(source: Source, echo: Echo) -> None:
    """What our side said: the proof that an answer of ours is there, or something said in the provider's own tools."""
    match receipts.echo(echo, channel=source.channel, now=source.now):
        case receipts.Whose.OURS:
            receive.finish(source, Outcome.RECEIPT)
        case receipts.Whose.NOT_KNOWN_YET:
            raise TooEarly
        case receipts.Whose.ELSEWHERE:
            receive.receive(source, echo.said, ours=True)


def _change(source: Source, change: Change, facts: dict[str, str]) -> None:
    """Something said before became different. What changes a thing that never came is that thing, if it is told."""
    if receipts.change(change, channel=source.channel, now=source.now):
        receive.finish(source, Outcome.RECEIPT)
    elif change.said:
        _receive_or_hold(source, change.said, facts, trusted=False)
        receipts.came_changed(change, channel=source.channel)
    elif source.now - source.came_at < WAITS_FOR_ITS_MESSAGE:
        raise TooEarly
    else:
        receive.finish(source, Outcome.RECEIPT)


def _receive_or_hold(source: Source, incoming: Incoming, facts: dict[str, str], *, trusted: bool) -> None:
    handed = forwards.taken_apart(incoming, receive.verified(incoming))
    incoming = handed.incoming
    sender = arrive(source, incoming.sender, incoming)
    suspicion = None if trusted else screening.suspect(incoming, facts, sender.blocked)
    if suspicion:
        _hold(source, incoming, suspicion)
        return
    try:
        received = receive.receive(source, incoming, sender=sender, trusted=trusted)
    except receive.BelongsNowhere:
        if screening.may_answer_what_comes(incoming, source.now - source.came_at):
            raise TooEarly from None
        _hold(source, incoming, screening.BELONGS_NOWHERE)
        return
    if received.outcome == Outcome.MESSAGE:
        forwards.leave_lead(handed, received.conversation, source.now)
        forwards.suggest_first_sender(incoming, source.channel.kind, received.conversation)
        too_large.tell_sender(source, incoming, received)


def _hold(source: Source, incoming: Incoming, suspicion: screening.Suspicion) -> None:
    shown = {"from": incoming.sender.address, "name": incoming.sender.name, "subject": incoming.subject[:300]}
    receive.finish(source, Outcome.QUARANTINE, **suspicion.as_row(), **shown)


def _report(source: Source, told: Sequence[Receipt]) -> None:
    """A report about what we sent: on each recipient, or on several messages.

    One that names nothing of ours is kept, quietly, with its bytes. Raise TooEarly while it may speak of an answer that
    is just being sent.
    """
    waits = source.now - source.came_at < WAITS_FOR_ITS_MESSAGE
    if waits and any(under_way.may_be_told_of(receipt, source.channel) for receipt in told):
        raise TooEarly
    applied = [receipts.apply(receipt, channel=source.channel, now=source.now) for receipt in told]
    shown = {
        "recipient": ", ".join(dict.fromkeys(receipt.recipient for receipt in told)),
        "status": told[0].status,
        "why": told[0].reason[:300],
    }
    outcome = Outcome.BOUNCE if told[0].said else Outcome.RECEIPT
    receive.finish(source, outcome, delivery=next(filter(None, applied), None), **shown)
