"""The words a customer is told by a program: which language, which number, which time."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from escalation import estimates, queueing
from escalation.models import Acknowledgement, Policy, Promise, TeamCalendar
from escalation.promises import standing_of
from inbox.dates import dated
from inbox.desk.inform import TOO_LARGE, inform
from inbox.models import Agent, Cause, Conversation, Direction

ACKNOWLEDGEMENT, CLIMB = "acknowledgement", "climb"


def acknowledge(
    conversation: Conversation, chosen: Acknowledgement, responsible: Agent, now: datetime
) -> Promise | None:
    """Tell the customer in these words that his problem has arrived, and when he hears from us, unless he has.

    What was split off from another problem has arrived with that. Return what he was promised: `responsible` keeps it.
    """
    said = conversation.messages.filter(direction=Direction.OUTGOING, withdrawn_at=None)
    if said.exclude(automatic=TOO_LARGE).exists():
        return None
    if conversation.intervals.filter(began_by=Cause.SPLIT).exists():
        return None
    words = in_his_language(conversation, chosen.words, chosen.words_ru)
    if not words:
        return None
    when = queueing.honest_time(conversation, now)
    told = inform(conversation, filled(words, conversation, when), kind=ACKNOWLEDGEMENT, now=now)
    return _promised(conversation, when, responsible, now) if told and "{time}" in words else None


def tell_of_the_climb(conversation: Conversation, policy: Policy, receiver: Agent, now: datetime) -> None:
    """Tell the customer that somebody above has taken over, and by when he hears from him: a promise of that one's."""
    words = in_his_language(conversation, policy.words, policy.words_ru)
    if not words:
        return
    when = estimates.promised(now, queueing.took_lately(conversation)).at
    said = inform(conversation, filled(words, conversation, when, level=receiver.name), kind=CLIMB, now=now)
    if said and "{time}" in words:
        _promised(conversation, when, receiver, now)


def _promised(conversation: Conversation, when: datetime, by: Agent, now: datetime) -> Promise:
    """He was told so: it takes the place of an earlier promise."""
    standing_of(conversation).update(withdrawn_at=now)
    return Promise.objects.create(conversation=conversation, due_at=when, made_at=now, told_at=now, made_by=by)


def in_his_language(conversation: Conversation, words: str, words_ru: str) -> str:
    """The words in the customer's language, else in whatever language there are any."""
    return (words_ru or words) if conversation.customer.language == "ru" else (words or words_ru)


def filled(words: str, conversation: Conversation, when: datetime, **more: str) -> str:
    """The words with the number and the time in place of {number} and {time}. Other braces stay as they are."""
    facts = {"number": conversation.label, "time": written(conversation, when), **more}
    for name, value in facts.items():
        words = words.replace(f"{{{name}}}", value)
    return words


def written(conversation: Conversation, when: datetime) -> str:
    """A time as a customer reads it: in his language, by the clock of the team that answers him."""
    return each_written(conversation, [when])[0]


def each_written(conversation: Conversation, times: Iterable[datetime]) -> list[str]:
    """The same of many times, in one question."""
    zone = zone_of(conversation)
    with translation.override("ru" if conversation.customer.language == "ru" else "en"):
        return [f"{dated(when.astimezone(ZoneInfo(zone)), 'j E, H:i')} ({zone})" for when in times]


def zone_of(conversation: Conversation) -> str:
    """The clock of the team that answers him."""
    zone = TeamCalendar.objects.filter(team=conversation.team_id).values_list("timezone", flat=True).first()
    return zone or settings.TIME_ZONE
