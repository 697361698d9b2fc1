"""What a supervisor wants done with new conversations of a certain sort: does it fit, and what follows. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may look at. `local` is when it was opened, by the clock of the team's zone."""

    channel: int
    address: str
    text: str
    language: str
    customer: int
    plan: int | None
    local: datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that is given must fit; of several in one list, any. An empty one fits everything.

    `addresses` are whole ones or domains ("@example.com"), `words` are beginnings of words, in any case. `starts` and
    `ends` may lie on both sides of midnight; `days` are those of ISO 8601, Monday being 1.
    """

    channels: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    language: str = ""
    customers: tuple[int, ...] = ()
    plans: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    starts: time | None = None
    ends: time | None = None

    def fit(self, facts: Facts) -> bool:
        """Whether a conversation is such a one."""
        return (
            _any(self.channels, facts.channel)
            and _any(self.customers, facts.customer)
            and _any(self.plans, facts.plan)
            and _any(self.days, facts.local.isoweekday())
            and (not self.language or facts.language == self.language)
            and (not self.addresses or any(_is_from(facts.address, wanted) for wanted in self.addresses))
            and (not self.words or any(_says(facts.text, word) for word in self.words))
            and self._is_time(facts.local.time())
        )

    def _is_time(self, at: time) -> bool:
        if self.starts is None or self.ends is None:
            return True
        if self.starts <= self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


@dataclass(frozen=True, slots=True)
class Actions:
    """What is done with it; None and nothing leave it as it is."""

    team: int | None = None
    topic: int | None = None
    priority: int | None = None
    level: int | None = None
    tags: tuple[str, ...] = ()

    def before(self, later: "Actions") -> "Actions":
        """These, and of the later ones what these do not decide. Tags add up."""
        return Actions(
            later.team if self.team is None else self.team,
            later.topic if self.topic is None else self.topic,
            later.priority if self.priority is None else self.priority,
            later.level if self.level is None else self.level,
            tuple(dict.fromkeys((*self.tags, *later.tags))),
        )


@dataclass(frozen=True, slots=True)
class Ordered:
    """A rule as it is asked: its name, what it is for, what it does."""

    name: str
    conditions: Conditions
    actions: Actions


def decided(rules: Iterable[Ordered], facts: Facts) -> tuple[Actions, tuple[str, ...]]:
    """What all rules that fit decide together, the earlier one winning, and their names."""
    fitting = [rule for rule in rules if rule.conditions.fit(facts)]
    actions = Actions()
    for rule in fitting:
        actions = actions.before(rule.actions)
    return actions, tuple(rule.name for rule in fitting)


def conditions_of(kept: Mapping[str, Any]) -> Conditions:
    """Conditions as a row keeps them. Raise msgspec.ValidationError for what are none."""
    return msgspec.convert(dict(kept), Conditions)


def actions_of(kept: Mapping[str, Any]) -> Actions:
    """Actions as a row keeps them. Raise msgspec.ValidationError for what are none."""
    return msgspec.convert(dict(kept), Actions)


def _any(wanted: Sequence[int], value: int | None) -> bool:
    return not wanted or value in wanted


def _is_from(address: str, wanted: str) -> bool:
    return address.lower().endswith(wanted.lower()) if wanted.startswith("@") else address.lower() == wanted.lower()


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE) is not None
