"""Taking something from whoever is not here for it: he did not accept it, has gone, or another comes before him."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from escalation import clock, routing
from escalation.clock import Entry
from escalation.handover import of_its_level
from escalation.surroundings import Around, has_shifts
from inbox.desk.levels import stands_for
from inbox.desk.ownership import hand
from inbox.desk.presence import stays_here
from inbox.desk.tell import tell
from inbox.desk.undo_send import stands_from
from inbox.errors import sentence
from inbox.models import Cause, Conversation, Interval, NoticeKind, State, Status

ACCEPTED_WITHIN = timedelta(minutes=15)
# What is given to somebody in one of these ways goes back to the queue if he does not accept it.
TO_BE_ACCEPTED = {Cause.ROUTED, Cause.PASSED_ON, Cause.SHIFT_END, Cause.ABSENCE, Cause.GIVEN_BACK, Cause.RELIEF}
OPENS = {"received", "needs_us", "replied", Cause.REOPENED}


def take_back_what_lapsed(row: Conversation, around: Around) -> datetime | None:
    """What was given to somebody and not accepted goes back to the queue. Return when that will be, if it may.

    What waits for the customer needs nobody to accept it: his time begins when that one writes.
    """
    present = around.present.get(row.pk)
    if row.state != State.OPEN or present is None or present.owner_id is None or present.owner_id != row.owner_id:
        return None
    if present.accepted_at or present.began_by not in TO_BE_ACCEPTED or around.staff.rungs.is_at_the_top(row.level):
        return None
    owner, opened = row.owner, clock.open_since(row.opened_at, around.entries[row.pk])
    lapses_at = max(present.started_at, opened) + ACCEPTED_WITHIN
    if lapses_at > around.now:
        return lapses_at
    above = stands_for(row.level) if row.level > 1 else None  # what has climbed does not fall into a queue
    if above == owner or not Interval.objects.select_for_update().filter(pk=present.pk, accepted_at=None):
        return None  # nobody else stands for its level, or he accepts it at this very moment
    words = gettext_noop("%(name)s did not accept it in %(minutes)s minutes")
    why = sentence(words, name=owner.name if owner else "", minutes=15)
    _hand_on(row, around, cause=Cause.GIVEN_BACK, owner=above, why=why)
    tell(around.staff.lead(row), NoticeKind.NOT_ACCEPTED, row, about=owner, now=around.now)
    return None


def relieve_who_is_away(row: Conversation, around: Around) -> datetime | None:
    """It became open at the hands of somebody who is off, not by himself: it may not wait for the next shift.

    In a team without shifts everybody keeps what he has. Above the front line it goes to another of its level who is
    here, or stays; at the top it stays. Return when to look again, where what opened it may still be undone.
    """
    owner, rungs = row.owner, around.staff.rungs
    if row.state != State.OPEN or owner is None or owner.status != Status.OFF or rungs.is_at_the_top(row.level):
        return None
    opened_by = _what_others_opened_it_with(around.entries[row.pk], owner.pk)
    if opened_by is None:
        return None
    if opened_by.verb == "replied" and stands_from(opened_by.at) > around.now:
        return stands_from(opened_by.at)
    above = of_its_level(row, owner, rungs)
    if (above and stays_here(above)) or (row.level == 1 and has_shifts(row, around)):
        wrote = gettext_noop("The customer wrote while %(name)s is off shift")
        words = wrote if opened_by.verb == "received" else gettext_noop("It needs us while %(name)s is off shift")
        _hand_on(row, around, cause=Cause.SHIFT_END, owner=above, why=sentence(words, name=owner.name))
    return None


def waits_for_his_manager(row: Conversation, around: Around) -> bool:
    """Whether it was opened again at other hands than those of the client's personal manager, who is here."""
    present, managers = around.present.get(row.pk), routing.managers_of(row)
    if present is None or present.began_by != Cause.REOPENED or present.accepted_at or row.level > 1:
        return False
    if row.state != State.OPEN or row.owner_id is None or row.owner_id in managers or not managers:
        return False
    (choice,) = routing.rehearse([row], now=around.now, without=set())
    return choice is not None and choice.agent.pk in managers


def _hand_on(row: Conversation, around: Around, **how: Any) -> None:
    hand(row, now=around.now, **how)
    around.handed.add(row.pk)


def _what_others_opened_it_with(entries: Iterable[Entry], owner: int) -> Entry | None:
    """What made it open last, if that was not its owner, and nothing of his came after it."""
    for entry in reversed(list(entries)):
        opens = entry.verb in OPENS and clock.state_after(entry) == State.OPEN
        if (opens or entry.verb == "split_off") and entry.actor != owner:
            return entry
        if entry.actor == owner or entry.data.get("owner") == owner:
            return None
    return None
