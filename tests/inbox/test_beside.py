"""Who is where, as one web process has heard it."""

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from inbox.beside import LEAVES, LOOKS, WRITES, Beside, Company, Person, Place, leaving

HOUR = 3600.0


def place(window: str, agent: int, conversation: int, *, writes: bool = False) -> Place:
    return Place(window, agent, f"agent {agent}", conversation, 10_000 + conversation if conversation else 0, writes)


def say(beside: Beside, where: Place, now: float) -> None:
    beside.hear(json.dumps(asdict(where)), now)


def there(beside: Beside, conversation: int, now: float) -> list[tuple[int, bool]]:
    company = beside.now(now).get(conversation)
    return [(person.agent, person.writes) for person in company.people] if company else []


def test_who_writes_comes_first_and_everybody_is_named_once() -> None:
    beside = Beside()
    say(beside, place("a", 1, 7), 0)
    say(beside, place("b", 2, 7, writes=True), 0)
    say(beside, place("c", 2, 7), 0)
    assert there(beside, 7, 1) == [(2, True), (1, False)]


def test_a_window_is_at_one_place_only() -> None:
    beside = Beside()
    say(beside, place("a", 1, 7), 0)
    say(beside, place("a", 1, 8), 1)
    assert (there(beside, 7, 1), there(beside, 8, 1)) == ([], [(1, False)])
    say(beside, place("a", 1, 0), 2)
    assert there(beside, 8, 2) == []


def test_who_stops_typing_still_looks_and_who_is_not_heard_of_is_gone() -> None:
    beside = Beside()
    say(beside, place("a", 1, 7, writes=True), 0)
    assert there(beside, 7, WRITES - 1) == [(1, True)]
    assert there(beside, 7, WRITES + 1) == [(1, False)]
    assert there(beside, 7, LOOKS + 1) == []


def test_a_stream_that_is_taken_up_again_leaves_no_gap_and_one_that_is_not_is_gone_soon() -> None:
    beside = Beside()
    say(beside, place("a", 1, 7), 0)
    say(beside, place("b", 2, 7), 0)
    for payload in leaving(["a", "b", "never heard of"]):
        beside.hear(payload, 1)
    say(beside, place("a", 1, 7), 2)
    assert there(beside, 7, 2) == [(1, False), (2, False)]
    assert there(beside, 7, 1 + LEAVES) == [(1, False)]


def test_a_thousand_who_leave_fit_into_notifications() -> None:
    payloads = leaving([f"{n:036}" for n in range(1000)])
    assert all(len(payload) < 8000 for payload in payloads)
    assert sum(len(json.loads(payload)["left"]) for payload in payloads) == 1000


SAID = st.tuples(st.sampled_from("abcd"), st.integers(0, 3), st.booleans(), st.floats(0, LOOKS))


@given(st.lists(st.lists(SAID, max_size=4), max_size=12))
def test_whoever_puts_the_news_together_knows_what_is_so(rounds: list[list[tuple[str, int, bool, float]]]) -> None:
    beside, known, now = Beside(), dict[int, tuple[Person, ...]](), 0.0
    for said in rounds:
        for window, conversation, writes, later in said:
            now += later
            say(beside, place(window, ord(window) % 3, conversation, writes=writes), now)
        for company in beside.news(now):
            assert isinstance(company, Company)
            known[company.conversation] = company.people
    so = {conversation: company.people for conversation, company in beside.now(now).items()}
    assert {conversation: people for conversation, people in known.items() if people} == so
    assert beside.news(now + HOUR) == [Company(c, 10_000 + c, ()) for c in so]
    assert beside.told() == []
