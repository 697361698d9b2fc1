"""Does a rule fit, and what follows from several."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from escalation.rules import Actions, Conditions, Facts, Ordered, decided


def facts(**about: Any) -> Facts:
    values: dict[str, Any] = {
        "channel": 1,
        "address": "carla@example.com",
        "text": "A broken lamp\nPlease refund me.",
        "language": "en",
        "customer": 1001,
        "plan": None,
        "local": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),  # a Monday
    }
    return Facts(**{**values, **about})


@pytest.mark.parametrize(
    ("conditions", "about", "fits"),
    [
        ({}, {}, True),
        ({"channels": (1, 2)}, {}, True),
        ({"channels": (2,)}, {}, False),
        ({"addresses": ("CARLA@example.com",)}, {}, True),
        ({"addresses": ("@example.com",)}, {}, True),
        ({"addresses": ("@example.com",)}, {"address": "carla@notexample.com"}, False),
        ({"words": ("refund", "money")}, {}, True),
        ({"words": ("REFUND",)}, {}, True),
        ({"words": ("fund",)}, {}, False),  # the beginning of a word, not its middle
        ({"words": ("возврат",)}, {"text": "Оформите возвраты"}, True),
        ({"words": ("c++",)}, {"text": "about c++"}, True),
        ({"language": "ru"}, {}, False),
        ({"customers": (1001,)}, {}, True),
        ({"plans": (3,)}, {}, False),
        ({"plans": (3,)}, {"plan": 3}, True),
        ({"days": (1,)}, {}, True),
        ({"days": (2,)}, {}, False),
        ({"starts": time(9), "ends": time(10)}, {}, True),
        ({"starts": time(10), "ends": time(11)}, {}, False),
        ({"starts": time(22), "ends": time(6)}, {"local": datetime(2026, 11, 2, 23, tzinfo=UTC)}, True),
        ({"starts": time(22), "ends": time(6)}, {"local": datetime(2026, 11, 2, 5, tzinfo=UTC)}, True),
        ({"starts": time(22), "ends": time(6)}, {}, False),
        ({"channels": (1,), "words": ("nothing",)}, {}, False),
    ],
)
def test_what_fits(conditions: dict[str, Any], about: dict[str, Any], fits: bool) -> None:
    assert Conditions(**conditions).fit(facts(**about)) == fits


def test_of_two_that_disagree_the_earlier_one_wins_and_tags_add_up() -> None:
    rules = [
        Ordered("one", Conditions(), Actions(team=1, tags=("a",))),
        Ordered("two", Conditions(language="ru"), Actions(priority=9)),
        Ordered("three", Conditions(), Actions(team=2, priority=0, tags=("b", "a"))),
    ]
    assert decided(rules, facts()) == (Actions(team=1, priority=0, tags=("a", "b")), ("one", "three"))
