"""What a term of a query means: a condition on conversations."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from inbox import alphabets
from inbox.errors import Invalid
from inbox.models import Address, Agent, Attachment, Customer, Direction, Draft, Message, State
from inbox.query import Field, Term

WORD = re.compile(r"\w+")
MOST = 1_000  # people that a name may mean
ME, NOBODY = {"me", "я", "меня", "мне"}, {"nobody", "none", "никто", "-"}
SNOOZED = {"snoozed", "отложен", "отложено"}
WAITING, OPEN = {"waiting", "ждёт", "ждет"}, {"открыт", "открыто"}
SOLVED = {"решён", "решен", "решено"}
FILES, NOTES = {"attachment", "attachments", "file", "files", "вложение", "вложения", "файл"}, {"note", "заметка"}
DRAFTS, PROMISES = {"draft", "черновик"}, {"promise", "обещание"}
TODAY, YESTERDAY = {"today", "сегодня"}, {"yesterday", "вчера"}


def condition(term: Term, agent: Agent) -> Q:
    """The conversations that a term speaks of, as `agent` means it. Raise Invalid for a value that says nothing."""
    found = MEANINGS[term.field](term.value, agent)
    return ~found if term.is_not else found


def called(words: str) -> tuple[list[int], bool]:
    """Customers whose name, organisation or address begins with these words; and whether there are more of them."""
    found = WORD.findall(words.lower())
    if not found:
        return [], False
    prefixes = " & ".join(f"{word}:*" for word in found)
    by_name = Customer.objects.extra(
        where=["inbox_customer.search @@ to_tsquery('simple', %s)"], params=[prefixes]
    ).values_list("pk", flat=True)[: MOST + 1]
    by_address = Address.objects.extra(
        where=["inbox_address.search @@ to_tsquery('simple', %s)"], params=[prefixes]
    ).values_list("customer_id", flat=True)[: MOST + 1]
    return [*by_name[:MOST], *by_address[:MOST]], max(len(by_name), len(by_address)) > MOST


def _from(value: str, agent: Agent) -> Q:
    """Somebody said something in it: a customer, or one of us."""
    ours = Q(author__in=_agents(value, agent))
    his = Q(direction=Direction.INCOMING, sender__customer__in=called(value)[0])
    return Q(pk__in=Message.objects.filter(ours | his).values("conversation"))


def _to(value: str, agent: Agent) -> Q:
    """It was said to an address of ours, or we answered him."""
    answered = Message.objects.filter(direction=Direction.OUTGOING, conversation__customer__in=called(value)[0])
    return Q(channel__address__istartswith=value) | Q(pk__in=answered.values("conversation"))


def _channel(value: str, agent: Agent) -> Q:
    kind = {"x": "twitter", "mail": "email", "e-mail": "email", "почта": "email"}.get(value.lower(), value.lower())
    return Q(channel__kind=kind) | Q(channel__name__istartswith=value)


def _status(value: str, agent: Agent) -> Q:
    wanted = value.lower()
    if wanted in SNOOZED:
        return Q(snoozed_until__isnull=False)
    for state, words in ((State.OPEN, OPEN), (State.PENDING, WAITING), (State.SOLVED, SOLVED)):
        if wanted in {state.value, str(state.label).lower()} | words:
            return Q(state=state)
    raise Invalid(gettext_noop("There is no status “%(value)s”: open, pending, solved or snoozed."), value=value)


def _owner(value: str, agent: Agent) -> Q:
    if value.lower() in NOBODY:
        return Q(owner=None)
    return Q(owner__in=_agents(value, agent))


def _team(value: str, agent: Agent) -> Q:
    return Q(team__name__istartswith=value)


def _tag(value: str, agent: Agent) -> Q:
    # The second half is what the index of tags is for.
    return Q(tags__contains=[value]) & ~Q(tags=[])


def _before(value: str, agent: Agent) -> Q:
    return Q(last_activity_at__lt=_midnight(value))


def _after(value: str, agent: Agent) -> Q:
    return Q(last_activity_at__gte=_midnight(value))


def _has(value: str, agent: Agent) -> Q:
    if value.lower() in FILES:
        return Q(pk__in=Attachment.objects.filter(message__isnull=False).values("message__conversation"))
    if value.lower() in NOTES:
        return Q(pk__in=Message.objects.filter(direction=Direction.NOTE).values("conversation"))
    if value.lower() in DRAFTS:
        return Q(pk__in=Draft.objects.filter(agent=agent).values("conversation"))
    if value.lower() in PROMISES:
        return Q(promise_at__isnull=False)
    raise Invalid(gettext_noop("A conversation has no “%(value)s”: attachment, note, draft or promise."), value=value)


def _number(value: str, agent: Agent) -> Q:
    digits = value.removeprefix("#")
    if not (digits.isdecimal() and len(digits) <= 18):
        raise Invalid(gettext_noop("“%(value)s” is no number of a conversation, such as 10001."), value=value)
    return Q(number=int(digits))


def _agents(value: str, agent: Agent) -> list[int]:
    if value.lower() in ME:
        return [agent.pk]
    names = Agent.objects.order_by("pk").values_list("pk", "name")
    found = alphabets.called(value, names, lambda each, words: alphabets.begins(words, each[1]))
    return [pk for pk, _name in found[:MOST]]


def _midnight(value: str) -> datetime:
    """The beginning of a day on the reader's wall."""
    today = timezone.localdate()
    day = today if value.lower() in TODAY else today - timedelta(days=1) if value.lower() in YESTERDAY else _day(value)
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())


def _day(value: str) -> date:
    for written in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(value, written).date()  # noqa: DTZ007  # a day, made an instant by its caller
        except ValueError:
            continue
    raise Invalid(gettext_noop("“%(value)s” is no date, such as 2026-11-28."), value=value)


MEANINGS: Mapping[Field, Callable[[str, Agent], Q]] = {
    Field.FROM: _from,
    Field.TO: _to,
    Field.CHANNEL: _channel,
    Field.STATUS: _status,
    Field.OWNER: _owner,
    Field.TEAM: _team,
    Field.TAG: _tag,
    Field.BEFORE: _before,
    Field.AFTER: _after,
    Field.HAS: _has,
    Field.NUMBER: _number,
}
