"""Promises to customers: made by a person, kept by an answer or a solution, and never broken in silence."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from escalation import clock, estimates, queueing
from escalation.clock import Entry
from escalation.models import Promise
from escalation.readings import logs_of
from inbox import hot
from inbox.desk.expect import expect
from inbox.desk.ownership import duty_lead, locked, responsible_for
from inbox.desk.tell import tell
from inbox.errors import AlreadyDone, Invalid
from inbox.models import Activity, Agent, Conversation, NoticeKind, State

LONGEST = timedelta(days=366)
# A merge may bring a broken one that is younger: it must not hide the one that can still be kept.
STANDING_LAST = """
WHERE t.conversation_id = ANY(%s::bigint[]) AND t.kept_at IS NULL AND t.withdrawn_at IS NULL
ORDER BY t.broken_at ASC NULLS LAST, t.id
"""
REMINDED_BEFORE = timedelta(minutes=30)  # or the last quarter of the time, if that is shorter


def promise(conversation: Conversation, due_at: datetime, *, by: Agent, now: datetime) -> Promise:
    """Write down that the customer was told: you will hear from us by then. It takes the place of an earlier one.

    Raise Invalid for a time that has passed or is too far away, AlreadyDone if it is solved.
    """
    if due_at <= now:
        raise Invalid(gettext_noop("This time has already passed."))
    if due_at - now > LONGEST:
        raise Invalid(gettext_noop("This time is too far away."))
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.state == State.SOLVED:
            raise AlreadyDone
        standing_of(conversation).update(withdrawn_at=now)
        expect(conversation, due_at, by=by, now=now)
        return Promise.objects.create(conversation=conversation, due_at=due_at, made_at=now, made_by=by)


def proposed(conversation: Conversation, now: datetime) -> estimates.Proposed:
    """The time to promise: what nine of ten like cases stayed below, plus a margin."""
    return estimates.promised(now, queueing.took_lately(conversation))


def standing(conversations: Iterable[int]) -> dict[int, Promise]:
    """The promise that stands in each of these conversations, or else the last one that was broken."""
    return {row.conversation_id: row for row in hot.rows(Promise, STANDING_LAST, [list(conversations)])}


def standing_in(conversation: int) -> Promise | None:
    """The same of one."""
    return standing([conversation]).get(conversation)


def _unkept(conversations: Iterable[int]) -> QuerySet[Promise]:
    return Promise.objects.filter(conversation__in=conversations, kept_at=None, withdrawn_at=None)


def settle(row: Conversation, promised: Promise | None, entries: Sequence[Entry], now: datetime) -> Promise | None:
    """Keep, break or remind of a promise as the log says. Return it if the customer still waits for it."""
    if promised is None:
        return None
    heard_at = _heard_after(promised, entries)
    if promised.broken_at is None and heard_at and heard_at <= promised.due_at:
        promised.kept_at = heard_at
        promised.save(update_fields=["kept_at"])
    elif promised.broken_at is None and promised.due_at <= now:
        break_it(row, promised, now)
    elif promised.broken_at is None and promised.reminded_at is None and _reminder_at(promised) <= now:
        promised.reminded_at = now
        promised.save(update_fields=["reminded_at"])
        tell(responsible_for(row, now), NoticeKind.PROMISE_SOON, row, now=now)
    return None if heard_at else promised


def next_look(promised: Promise | None, now: datetime) -> datetime | None:
    """When something is due in it next."""
    if promised is None or promised.broken_at:
        return None
    times = [promised.due_at] if promised.reminded_at else [_reminder_at(promised), promised.due_at]
    return min((at for at in times if at > now), default=promised.due_at)


def follow(gone: int, into: int, now: datetime) -> None:
    """One conversation became part of another: what was promised in it is promised there; the earlier time counts.

    So does what was broken in it, as long as the customer waits for it.
    """
    entries = logs_of([gone])[gone]
    broken = [each.pk for each in _unkept([gone]).exclude(broken_at=None) if not _heard_after(each, entries)]
    Promise.objects.filter(pk__in=broken).update(conversation=into)
    moved, there = standing_of(gone).first(), standing_of(into).first()
    if moved is None:
        return
    if _heard_after(moved, entries):  # no look has come to it since; in the other log it would seem unkept
        settle(Conversation.objects.get(pk=gone), moved, entries, now)
        return
    later = max(filter(None, (moved, there)), key=lambda each: each.due_at) if there else None
    if later:
        Promise.objects.filter(pk=later.pk).update(withdrawn_at=now)
    if later != moved:
        Promise.objects.filter(pk=moved.pk).update(conversation=into)


def follow_back(part: int, whole: int, since: datetime) -> None:
    """What was put together at `since` is two again: what was promised in each stands there as before."""
    made_there = Activity.objects.filter(conversation=part, verb__in=["promised", "informed"]).values("at")
    _unkept([whole]).filter(made_at__in=made_there).update(conversation=part)
    for conversation in (part, whole):
        gave_way = Promise.objects.filter(conversation=conversation, withdrawn_at=since).last()
        if gave_way and not standing_of(conversation).exists():
            Promise.objects.filter(pk=gave_way.pk).update(withdrawn_at=None)


def standing_of(conversation: Conversation | int) -> QuerySet[Promise]:
    """The promise that stands in it; there is at most one."""
    return Promise.objects.filter(conversation=conversation, kept_at=None, broken_at=None, withdrawn_at=None)


def _heard_after(promised: Promise, entries: Sequence[Entry]) -> datetime | None:
    """When the customer heard from us as he was promised: by the first answer after that, or because it was solved.

    An answer that only told him of the promise is not what he was promised: it counts from `told_at` on. What is
    solved with the very answer that promises is solved.
    """
    since = promised.told_at or promised.made_at
    heard = (e.at for e in clock.heard(entries) if e.at > since or (e.verb == "solved" and e.at == since))
    return next(heard, None)


def _reminder_at(promised: Promise) -> datetime:
    return promised.due_at - min(REMINDED_BEFORE, (promised.due_at - promised.made_at) / 4)


def break_it(row: Conversation, promised: Promise, now: datetime) -> None:
    """Nobody kept it in time: whoever answers for it is told, and the team's duty lead."""
    promised.broken_at = promised.due_at
    promised.save(update_fields=["broken_at"])
    if row.state == State.SOLVED:
        return
    for person in {responsible_for(row, now), duty_lead(row.team, now)}:
        tell(person, NoticeKind.PROMISE_BROKEN, row, about=row.owner, now=now)
