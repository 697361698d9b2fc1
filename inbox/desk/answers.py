"""Canned answers: who writes them for whom, and which of them an agent is offered."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.database import storable
from inbox.desk.along import tidy
from inbox.desk.filling import require_known
from inbox.desk.judge import require_courteous_words
from inbox.desk.ownership import require_open
from inbox.desk.pass_on import worded
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Agent, CannedAnswer, Conversation
from inbox.permissions import Can, allows, require, teams_where


def set_answer(answer: CannedAnswer, *, by: Agent, now: datetime) -> CannedAnswer:
    """Make it, or change the one whose key it has, if he may write for whom it was and for whom it is now.

    Raise AlreadyDone if it was removed meanwhile; Invalid for an empty text, a name that is taken, a place that cannot
    be filled, or passing on without a reason and a note; TeamClosed for passing on to such a team; AgainstGuidelines
    if a guideline is against the text.
    """
    _may_write(answer, by)
    _tidied(answer)
    require_courteous_words([answer.text])
    with transaction.atomic():
        if answer.pk:
            former = CannedAnswer.objects.select_for_update().filter(pk=answer.pk).first()
            if former is None:
                raise AlreadyDone
            _may_write(former, by)
        same = CannedAnswer.objects.filter(name__iexact=answer.name, owner=answer.owner, team=answer.team)
        if same.exclude(pk=answer.pk).exists():
            raise Invalid(gettext_noop("There is an answer of this name already."))
        answer.changed_at = now
        answer.save()
        record("canned_answer_set", now=now, by=by, answer=answer.pk, team=answer.team_id)
    return answer


def remove_answer(answer: CannedAnswer, *, by: Agent, now: datetime) -> None:
    """Offer it to nobody any more. What was sent with it stays as it is."""
    _may_write(answer, by)
    with transaction.atomic():
        record("canned_answer_removed", now=now, by=by, answer=answer.pk, team=answer.team_id)
        answer.delete()


def may_write(answer: CannedAnswer, agent: Agent) -> bool:
    """Whether it is his own, of a team whose answers he writes, or of everybody and he writes for them."""
    if answer.owner_id:
        return answer.owner_id == agent.pk and allows(agent, Can.REPLY)
    if answer.team_id:
        return allows(agent, Can.MAKE_ANSWERS, answer.team_id)
    return allows(agent, Can.MAKE_ANSWERS_FOR_ALL)


def answers_of(agent: Agent) -> QuerySet[CannedAnswer]:
    """What he may read: his own, those of the teams in which he answers, and everybody's."""
    require(agent, Can.REPLY)
    teams = teams_where(agent, Can.REPLY)
    return CannedAnswer.objects.filter(Q(owner=agent) | Q(owner=None, team=None) | Q(team__in=teams))


def offered(conversation: Conversation, words: str, *, to: Agent) -> QuerySet[CannedAnswer]:
    """Those that fit a conversation and hold these words in their name; first those that begin with them."""
    fit = answers_of(to).filter(Q(team=None) | Q(team=conversation.team), name__icontains=storable(words))
    return fit.annotate(begins=Q(name__istartswith=storable(words))).order_by("-begins", "name", "pk")


def _may_write(answer: CannedAnswer, by: Agent) -> None:
    if not may_write(answer, by):
        raise NotAllowed


def _tidied(answer: CannedAnswer) -> None:
    answer.name, answer.text = " ".join(storable(answer.name).split()), storable(answer.text).strip()
    if not answer.name or not answer.text:
        raise Invalid(gettext_noop("An answer has a name and a text."))
    require_known(answer.text)
    answer.tags = tidy(answer.tags)
    if answer.to_agent_id or answer.to_team_id:
        if answer.then:
            raise Invalid(gettext_noop("What is passed on needs the next one: choose nothing that follows."))
        if answer.to_team:
            require_open(answer.to_team)
        answer.note, answer.reason = worded(answer.note, answer.reason)
    else:
        answer.note = answer.reason = ""
