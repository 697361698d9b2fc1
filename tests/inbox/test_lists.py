"""Lists: every conversation once, however the rows move; counts that do not walk the table."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox import lists
from inbox.desk.drafts import keep
from inbox.desk.note import note as leave_note
from inbox.desk.people import new_agent
from inbox.desk.solve import snooze, solve
from inbox.desk.take import take
from inbox.desk.teams import make_team
from inbox.lists import Held, View, conversations, counts, ordered, page, position, with_reading
from inbox.models import Agent, Conversation, Draft, Item, Membership, Mode, Order, Outcome, Role
from inbox.news import mark_read
from tests.inbox.desk_of_five import NOW, Desk, answer_to, item, mailbox
from tests.statements import statements


def numbers(desk: Desk, view: View) -> set[int]:
    return set(conversations(desk.ada, view).values_list("number", flat=True))


def walk(desk: Desk, size: int = 3) -> list[int]:
    """Every page, one after another."""
    found: list[int] = []
    after: str | None = ""
    while after is not None:
        here = page(desk.ada, View.OPEN, after, size)
        found += [row.number for row in here.rows]
        after = here.after
    return found


def test_each_view_holds_what_its_name_says(desk: Desk) -> None:
    free, mine, waiting, done = (desk.problem(text) for text in ("free", "mine", "waiting", "done"))
    desk.problem("foreign", channel=desk.channel_elsewhere)
    take(mine, by=desk.ada, now=desk.later())
    desk.answers(waiting)
    solve(done, by=desk.ada, now=desk.later())
    assert numbers(desk, View.MINE) == {mine.number}
    assert numbers(desk, View.QUEUE) == {free.number}
    assert numbers(desk, View.OPEN) == {free.number, mine.number}
    assert numbers(desk, View.PENDING) == {waiting.number}
    assert numbers(desk, View.SOLVED) == {done.number}


def test_what_was_promised_what_one_writes_and_what_is_put_aside_have_places_of_their_own(desk: Desk) -> None:
    due, later, his, aside = (desk.problem(text) for text in ("due", "later", "his", "aside"))
    foreign = desk.problem("foreign", channel=desk.channel_elsewhere)
    now = timezone.now()
    for row, owner in ((due, desk.ada), (later, desk.ada), (his, desk.sam)):
        take(row, by=owner, now=desk.later())
        Conversation.objects.filter(pk=row.pk).update(promise_at=now - timedelta(hours=1))
    Conversation.objects.filter(pk=later.pk).update(promise_at=now + timedelta(hours=25))
    snooze(aside, by=desk.sam, until=now + timedelta(days=1), now=desk.later())
    for row, by in ((his, desk.ada), (foreign, desk.ada), (due, desk.sam)):
        Draft.objects.create(conversation=row, agent=by, mode=Mode.REPLY, text="We", at=now)
    assert numbers(desk, View.PROMISES) == {due.number}
    assert numbers(desk, View.DRAFTS) == {his.number}  # of what he may see
    assert numbers(desk, View.SNOOZED) == {aside.number}
    solve(due, by=desk.ada, now=desk.later())
    assert numbers(desk, View.PROMISES) == set()


@pytest.mark.parametrize(
    ("view", "index"),
    [
        (View.PROMISES, "conversation_by_owner"),
        (View.DRAFTS, "inbox_conversation_pkey"),
        (View.SNOOZED, "conversation_wakes"),
    ],
)
def test_each_of_these_places_is_counted_by_an_index(desk: Desk, view: View, index: str) -> None:
    for n in range(60):
        desk.problem(f"Lamp {n}")
    his = take(Conversation.objects.latest("pk"), by=desk.ada, now=desk.later())
    Draft.objects.create(conversation=his, agent=desk.ada, mode=Mode.REPLY, at=NOW)
    with connection.cursor() as cursor:
        # Of few rows these are as cheap.
        cursor.execute("DROP INDEX conversation_by_state, conversation_active, conversation_must_climb")
        cursor.execute("ANALYZE inbox_conversation, inbox_draft")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        plan = json.loads(conversations(desk.ada, view).order_by()[:100].explain(format="json"))
    read = [part for part in parts(plan[0]["Plan"]) if part.get("Relation Name") == "inbox_conversation"]
    assert [part.get("Index Name") for part in read] == [index]


def test_pages_meet_without_gap_or_double(desk: Desk) -> None:
    expected = [desk.problem(f"Problem {n}").number for n in range(8)][::-1]
    assert walk(desk) == expected


def test_equal_times_are_told_apart(desk: Desk) -> None:
    made = {desk.problem(f"Problem {n}").number for n in range(7)}
    Conversation.objects.update(last_activity_at=NOW)
    found = walk(desk, size=2)
    assert (len(found), set(found)) == (7, made)


def test_what_moves_up_between_two_pages_hides_nothing_and_doubles_nothing(desk: Desk) -> None:
    made = [desk.problem(f"Problem {n}") for n in range(6)]
    first = page(desk.ada, View.OPEN, "", 3)
    moved = made[0]  # the last of the list becomes the first
    Conversation.objects.filter(pk=moved.pk).update(last_activity_at=desk.later())
    assert first.after is not None
    rest = page(desk.ada, View.OPEN, first.after, 3)
    assert [row.pk for row in first.rows] == [c.pk for c in made[5:2:-1]]
    assert [row.pk for row in rest.rows] == [made[2].pk, made[1].pk]
    assert page(desk.ada, View.OPEN, "", 3).rows[0].pk == moved.pk


def test_what_is_solved_between_two_pages_shifts_nothing(desk: Desk) -> None:
    made = [desk.problem(f"Problem {n}") for n in range(6)]
    first = page(desk.ada, View.OPEN, "", 3)
    solve(made[5], by=desk.ada, now=desk.later())
    assert first.after is not None
    assert [row.pk for row in page(desk.ada, View.OPEN, first.after, 3).rows] == [c.pk for c in made[2::-1]]


def test_the_last_page_says_so(desk: Desk) -> None:
    for n in range(3):
        desk.problem(f"Problem {n}")
    assert page(desk.ada, View.OPEN, "", 3).after is None
    assert page(desk.ada, View.OPEN, "", 2).after is not None


@pytest.mark.parametrize(
    "cursor",
    ["x", "_", "2026-11-02_1", "2026-11-02T09:00:00+00:00_x", f"2026-11-02T09:00:00+00:00_{2**63}", "\x00_1", "_1"],
)
def test_a_broken_cursor_begins_at_the_top(desk: Desk, cursor: str) -> None:
    conversation = desk.problem()
    assert position(cursor) is None
    assert [row.pk for row in page(desk.ada, View.OPEN, cursor).rows] == [conversation.pk]


def test_a_page_costs_one_query_however_long_it_is(desk: Desk) -> None:
    for n in range(12):
        desk.problem(f"Problem {n}")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        rows = page(desk.ada, View.QUEUE, "", 10).rows
        assert all(row.customer.name and row.channel.name and row.address.value for row in rows)
    assert len([q for q in seen.captured_queries if "inbox_conversation" in q["sql"]]) == 1


def test_a_row_tells_what_one_has_read(desk: Desk) -> None:
    conversation = desk.problem()
    assert page(desk.ada, View.OPEN).rows[0].seen is None  # type: ignore[attr-defined]  # annotated
    mark_read(conversation, desk.ada, conversation.last_message, desk.clock)
    assert page(desk.ada, View.OPEN).rows[0].seen == conversation.last_message  # type: ignore[attr-defined]  # as above
    assert page(desk.sam, View.OPEN).rows[0].seen is None  # type: ignore[attr-defined]  # as above


def test_a_row_counts_what_the_customer_said_and_nobody_has_read_or_answered(desk: Desk) -> None:
    conversation = desk.problem(reference="1@example.com")
    mark_read(conversation, desk.ada, conversation.last_message, desk.clock)
    assert first(desk.ada).unread == 0  # type: ignore[attr-defined]  # annotated
    for n in range(3):
        desk.receives(answer_to("1@example.com", text=f"Are you there? {n}"))
    leave_note(conversation, "I call them.", by=desk.sam, now=desk.later())
    assert (first(desk.ada).unread, first(desk.sam).unread) == (3, 4)  # type: ignore[attr-defined]  # as above
    desk.answers(conversation, by=desk.sam)
    assert first(desk.ada, View.PENDING).unread == 0  # type: ignore[attr-defined]  # as above


def test_a_row_names_who_of_us_spoke_last(desk: Desk) -> None:
    conversation = desk.problem()
    assert first(desk.ada).spoke is None  # type: ignore[attr-defined]  # annotated
    desk.answers(conversation)
    desk.answers(conversation, by=desk.sam)
    assert first(desk.ada, View.PENDING).spoke == "Sam"  # type: ignore[attr-defined]  # as above


def test_a_row_begins_with_what_he_is_writing_himself(desk: Desk) -> None:
    conversation = desk.problem()
    keep(conversation, Mode.REPLY, "We are " + "so " * 200, seen_up_to=0, by=desk.sam, now=desk.later())
    keep(conversation, Mode.NOTE, "Ask the driver", seen_up_to=0, by=desk.ada, now=desk.later())
    assert first(desk.ada).draft == "Ask the driver"  # type: ignore[attr-defined]  # annotated
    assert len(first(desk.sam).draft) == 200  # type: ignore[attr-defined]  # as above
    assert first(desk.max).draft is None  # type: ignore[attr-defined]  # as above


def test_what_a_row_tells_is_looked_for_in_the_rows_of_the_page_alone(desk: Desk) -> None:
    for n in range(20):
        desk.problem(f"Problem {n}")
    for size in (5, 15):  # a page, and several that were loaded
        rows = ordered(with_reading(conversations(desk.ada, View.OPEN), desk.ada), Order.NEWEST)[:size]
        plan = json.loads(rows.explain(format="json", analyze=True))
        loops = [part["Actual Loops"] for part in parts(plan[0]["Plan"]) if part.get("Relation Name") == "inbox_draft"]
        assert loops == [size]


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A part of a plan, and all within it."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts(part)


def first(agent: Agent, view: View = View.OPEN) -> Conversation:
    return page(agent, view).rows[0]


def test_a_slower_tab_takes_back_no_reading(desk: Desk) -> None:
    conversation = desk.problem()
    mark_read(conversation, desk.ada, conversation.last_message, desk.clock)
    mark_read(conversation, desk.ada, conversation.last_message - 1, desk.clock + timedelta(seconds=1))
    assert conversation.readings.get().seen_up_to == conversation.last_message


def test_counts_stop_at_the_cap(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "CAP", 3)
    for n in range(5):
        desk.problem(f"Problem {n}")
    take(Conversation.objects.latest("pk"), by=desk.ada, now=desk.later())
    nothing = dict.fromkeys(("promises", "drafts", "pending", "snoozed", "mine~pending"), 0)
    assert counts(desk.ada) == {"mine": 1, "queue": 3, "open": 3, **nothing}


def test_counts_are_of_what_he_may_see_now(desk: Desk) -> None:
    desk.problem("foreign", channel=desk.channel_elsewhere)
    assert counts(desk.ada)["queue"] == 0
    Membership.objects.create(agent=desk.ada, team=desk.elsewhere, role=Role.AGENT)
    ada = Agent.objects.get(pk=desk.ada.pk)
    assert (counts(ada)["queue"], counts(ada)["open"]) == (1, 1)
    Membership.objects.create(agent=desk.ada, team=None, role=Role.MANAGER)
    everywhere = Agent.objects.get(pk=ada.pk)
    assert counts(everywhere)["queue"] == 1
    team = make_team("Repairs", lead=desk.sam, by=None, now=desk.later())
    desk.problem("new", channel=mailbox("repairs@example.com", team, desk.channel.brand))
    assert counts(everywhere)["queue"] == 2


def test_who_watches_over_a_team_also_counts_what_is_held_back(desk: Desk) -> None:
    item(desk.channel, outcome=Outcome.QUARANTINE, opened_at=NOW)
    item(desk.channel, outcome=Outcome.UNREADABLE, opened_at=NOW)
    item(desk.channel, outcome=Outcome.UNREADABLE, opened_at=NOW, discarded_at=NOW)
    item(desk.channel_elsewhere, outcome=Outcome.QUARANTINE, opened_at=NOW)
    assert Item.objects.count() == 4
    counted = counts(desk.sam)
    assert (counted[Held.QUARANTINE], counted[Held.UNREADABLE]) == (1, 1)
    assert Held.QUARANTINE.value not in counts(desk.ada)


def test_counts_are_one_query(desk: Desk) -> None:
    with statements() as asked:
        counts(desk.sam)
    assert len([sql for sql in asked if "count(*)" in sql]) == 1


def planned() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%count(*)%"])
        return {statement for (statement,) in cursor.fetchall()}


def test_counts_of_all_who_may_do_the_same_are_planned_once(desk: Desk) -> None:
    """A state stands in the statement, so that what was planned once still walks along the index that holds it."""
    other = new_agent(name="Ann", email="ann@example.com", by=None, now=desk.later())
    Membership.objects.create(agent=other, team=desk.team, role=Role.AGENT)
    counts(desk.ada)
    before = planned()
    counts(other)
    assert planned() == before
    assert any("\"state\" = 'open'" in statement for statement in before)
