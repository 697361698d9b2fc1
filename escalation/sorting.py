"""Asking the rules about conversations: about a new one, and, to try a rule, about those that were there."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop

from escalation.models import Rule, TeamCalendar
from escalation.rules import Facts, Ordered, actions_of, conditions_of, decided
from inbox import hot
from inbox.desk.sort import sort
from inbox.errors import StillInCharge, sentence
from inbox.models import Conversation, Direction, Message, Team, Topic

TRIED_ON = 1000
READ = 2000  # characters of what he wrote first


def rules_in_use() -> list[Ordered]:
    """The rules in the order in which they are asked."""
    return [as_ordered(rule) for rule in hot.rows(Rule, "WHERE t.is_on ORDER BY t.position, t.id", ())]


def as_ordered(rule: Rule) -> Ordered:
    """A rule as the engine takes it."""
    return Ordered(rule.name, conditions_of(rule.conditions), actions_of(rule.actions))


def sort_new(conversation: Conversation, rules: Sequence[Ordered], now: datetime) -> None:
    """Do with a new conversation what the rules say. Call with the row locked."""
    if not rules:
        return
    (facts,) = facts_of([conversation])
    actions, names = decided(rules, facts)
    if not names:
        return
    topic = Topic.objects.filter(pk=actions.topic or 0).first()
    team = actions.team or (topic.team_id if topic else None)  # a topic's team knows about it
    sort(
        conversation,
        now=now,
        rules=names,
        why=sentence(gettext_noop("By the rule “%(rule)s”"), rule="”, “".join(names)),
        team=Team.objects.filter(pk=team or 0, closed_at=None).first(),
        topic=topic,
        priority=actions.priority,
        level=actions.level,
        tags=actions.tags,
    )


def rule_that_sends_to(team: Team) -> StillInCharge | None:
    """Why a team cannot be closed: a rule, in use or not, that sends work there."""
    rule = Rule.objects.filter(actions__team=team.pk).first()
    said = gettext_noop("The rule “%(what)s” sends work to %(name)s. Change that first.")
    return StillInCharge(said, name=team.name, what=str(rule)) if rule else None


def would_fit(rule: Ordered) -> tuple[list[Conversation], int]:
    """Of the newest conversations those that the rule would have fitted, and of how many."""
    newest = list(Conversation.objects.select_related("customer", "address", "channel").order_by("-pk")[:TRIED_ON])
    return [c for c, facts in zip(newest, facts_of(newest), strict=True) if rule.conditions.fit(facts)], len(newest)


def facts_of(conversations: Sequence[Conversation]) -> list[Facts]:
    """What rules look at, in two queries for all of them."""
    zones = dict(TeamCalendar.objects.values_list("team", "timezone"))
    first: dict[int, Message] = {}
    said = Message.objects.filter(conversation__in=conversations, direction=Direction.INCOMING)
    for message in (
        said.order_by("conversation", "pk")
        .distinct("conversation")
        .only("conversation_id", "subject", "reply_text", "language")
    ):
        first[message.conversation_id] = message
    return [_facts(c, first.get(c.pk), zones.get(c.team_id, settings.TIME_ZONE)) for c in conversations]


def _facts(conversation: Conversation, said: Message | None, zone: str) -> Facts:
    return Facts(
        channel=conversation.channel_id,
        address=conversation.address.value,
        text=f"{conversation.subject}\n{said.reply_text[:READ] if said else ''}",
        language=(said.language if said else "") or conversation.customer.language,
        customer=conversation.customer.number,
        plan=conversation.customer.plan_id,
        local=conversation.opened_at.astimezone(ZoneInfo(zone)),
    )
