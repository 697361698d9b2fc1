"""The month table: a history in which every number was counted by hand."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from inbox.desk.ownership import hand, locked
from inbox.desk.pass_on import pass_on, pass_up
from inbox.desk.put_back import newest_line, put_back, standing_of
from inbox.desk.solve import open_again, solve
from inbox.desk.take import take, take_over
from inbox.desk.teams import set_level
from inbox.models import Agent, Cause, Conversation, Membership, Role, Team
from reports import monthly, work
from reports.export import harmless, written
from reports.monthly import Asked
from reports.periods import Month
from tests.benches.plans import Statements
from tests.inbox.desk_of_five import NOW, Desk, browser

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
WORDS: dict[str, Any] = {"note": "He has paid.", "reason": "knowledge"}


def at(day: int, hour: float = 0) -> datetime:
    """In November."""
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)


def moved(problem: Conversation, cause: Cause, owner: Agent | None, now: datetime) -> None:
    """As a shift's end or the ladder moves it."""
    with transaction.atomic():
        hand(locked(problem), now=now, cause=cause, owner=owner)


@pytest.fixture
def november(desk: Desk) -> Desk:
    """Four problems: what becomes of each stands beside it. The desk's clock stands at the second, nine o'clock."""
    set_level(1, name="Front line", holder=desk.sam, deputy=None, by=None, now=NOW)
    set_level(2, name="Lead", holder=desk.sam, deputy=desk.max, by=None, now=NOW)
    set_level(3, name="Executive", holder=desk.max, deputy=desk.kim, by=None, now=NOW)
    ada, sam = desk.ada, desk.sam
    # Ada has it for 2 h and passes it on; sam has it for 3 h and solves it for good.
    first = desk.problem("One", subject="=1+1")
    take(first, by=ada, now=at(3, 8))
    pass_on(first, by=ada, to=sam, now=at(3, 10), **WORDS)
    solve(first, by=sam, now=at(3, 13))
    # Ada has it for 1 h and solves it; opened again after 2 days she has it for 4 h, and sam takes it over for 5 h.
    second = desk.problem("Two", subject="Two")
    take(second, by=ada, now=at(4, 8))
    solve(second, by=ada, now=at(4, 9))
    open_again(second, by=ada, now=at(6, 9))
    take_over(second, by=sam, now=at(6, 13))
    solve(second, by=sam, now=at(6, 18))
    # Ada has it for 6 h until her shift ends; from the queue sam takes it for 7 h, and it climbs to max, who has it.
    third = desk.problem("Three", subject="Three")
    take(third, by=ada, now=at(10, 8))
    moved(third, Cause.SHIFT_END, None, at(10, 14))
    take(third, by=sam, now=at(10, 15))
    moved(third, Cause.TIMED_OUT, desk.max, at(10, 22))
    # Ada passes it up after 1 h; sam has it over the end of the month.
    fourth = desk.problem("Four", subject="Four")
    take(fourth, by=ada, now=at(30, 20))
    pass_up(fourth, by=ada, now=at(30, 21), **WORDS)
    desk.clock = at(31, 6)
    return desk


def numbers(
    desk: Desk, month: Month, person: Agent | None, *, team: Team | None = None, zone: str = "UTC"
) -> dict[str, float]:
    """What is not 0 of one line."""
    lines = monthly.table(Asked(month, zone, desk.clock), [team or desk.team])
    found = next((line for line in lines if line.person == person), None)
    return {name: value for name, value in found.cells if value} if found else {}


def test_every_number_of_a_person(november: Desk) -> None:
    assert numbers(november, NOVEMBER, november.ada) == {
        "opened": 4,
        "solved": 1,
        "passed-on": 1,
        "passed-up": 1,
        "taken-over": 1,
        "shift-end": 1,
        "held": 2 + 1 + 4 + 6 + 1,
    }
    assert numbers(november, NOVEMBER, november.sam) == {
        "solved": 2,
        "for-good": 2,
        "timed-out": 1,
        "held": 3 + 5 + 7 + 3,
    }


def test_what_was_taken_back_is_not_counted(november: Desk) -> None:
    ada, problem = november.ada, november.problem("Five", subject="Five")
    take(problem, by=ada, now=at(31, 10))
    solve(problem, by=ada, now=at(31, 11))
    open_again(problem, by=ada, now=at(31, 11) + timedelta(seconds=9))
    problem.refresh_from_db()
    before, mark = standing_of(problem), newest_line
    pass_on(problem, by=ada, to=november.sam, now=at(31, 12), **WORDS)
    problem.refresh_from_db()
    with transaction.atomic():
        put_back(locked(problem), before, mark=mark(problem), by=ada, now=at(31, 12) + timedelta(seconds=9))
    november.clock = at(31, 13)
    assert {**numbers(november, DECEMBER, ada), "held": 0} == {"opened": 1, "held": 0}


def test_who_left_before_the_end_of_a_shift_is_counted_apart(november: Desk) -> None:
    problem = november.problem("Five", subject="Five")
    take(problem, by=november.ada, now=at(31, 10))
    moved(problem, Cause.ABSENCE, None, at(31, 11))
    november.clock = at(31, 12)
    assert numbers(november, DECEMBER, november.ada) == {"opened": 1, "absence": 1, "held": 1}


def test_a_month_that_has_not_begun_holds_nothing(november: Desk) -> None:
    january = Month(2027, 1)
    assert numbers(november, january, november.max) == {}


def test_a_team_is_the_sum_of_its_people(november: Desk) -> None:
    whole = numbers(november, NOVEMBER, None)
    lines = monthly.table(Asked(NOVEMBER, "UTC", november.clock), [november.team])
    for name in work.NUMBERS:
        assert whole.get(name, 0) == sum(line.numbers.get(name, 0) for line in lines if line.person)
    assert whole["held"] == 14 + 18 + 20 * 24 + 2


def test_what_goes_on_is_counted_until_now_and_in_each_month(november: Desk) -> None:
    assert numbers(november, DECEMBER, november.sam) == {"held": 6}
    assert numbers(november, DECEMBER, november.max) == {"held": 6}
    november.clock = datetime(2027, 1, 10, tzinfo=UTC)
    assert numbers(november, DECEMBER, november.max) == {"held": 31 * 24}, "a stretch over the whole month"
    third = Conversation.objects.get(subject="Three")
    solve(third, by=november.max, now=november.clock)
    assert numbers(november, DECEMBER, november.max) == {"held": 31 * 24}, "also once it is over"


def test_a_month_begins_when_the_readers_wall_says_so(november: Desk) -> None:
    """From 21:00 in Moscow's last hours of November it is December in Kamchatka since noon."""
    assert numbers(november, NOVEMBER, november.ada, zone="Asia/Kamchatka")["held"] == 13
    assert numbers(november, DECEMBER, november.ada, zone="Asia/Kamchatka") == {"passed-up": 1, "held": 1}
    assert numbers(november, OCTOBER, None, zone="Pacific/Pago_Pago") == {}


def test_behind_a_number_are_the_conversations_that_it_counts(november: Desk) -> None:
    asked = Asked(NOVEMBER, "UTC", november.clock)
    for line in monthly.table(asked, [november.team]):
        person = line.person.pk if line.person else None
        for name, value in line.cells:
            if name != "held":
                assert len(monthly.behind(asked, name, november.team, person)) == value
    found = monthly.behind(asked, "solved", november.team, november.sam.pk)
    assert [(Conversation.objects.get(pk=pk).subject, when) for pk, when in found] == [
        ("Two", at(6, 18)),
        ("=1+1", at(3, 13)),
    ]


def test_another_team_counts_for_itself_and_is_not_for_everybody(november: Desk) -> None:
    november.problem("A bill", channel=november.channel_elsewhere)
    assert numbers(november, DECEMBER, None, team=november.elsewhere) == {"opened": 1}
    page = browser(november.sam).get(f"/reports/month/2026-12/opened/{november.elsewhere.pk}/0/")
    assert page.status_code == 404
    assert browser(november.max).get("/reports/month/?month=2026-12").status_code == 200
    assert browser(november.ada).get("/reports/month/").status_code == 403


def test_what_another_team_has_now_is_counted_but_shown_only_to_who_may_read_it(november: Desk) -> None:
    fourth = Conversation.objects.get(subject="Four")
    pass_on(fourth, by=november.sam, team=november.elsewhere, now=november.later(), **WORDS)
    path = f"/reports/month/2026-11/opened/{november.team.pk}/{november.ada.pk}/"
    Membership.objects.create(agent=november.kim, team=november.team, role=Role.SUPERVISOR)
    assert "Four" in browser(november.sam).get(path).content.decode(), "he had it once"
    text = browser(november.kim).get(path).content.decode()
    assert "Four" not in text
    assert "Three" in text
    assert "1 more is with another team now." in text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_shows_the_numbers_and_what_they_mean(november: Desk, language: str) -> None:
    Agent.objects.filter(pk=november.sam.pk).update(language=language)
    text = browser(november.sam).get("/reports/month/?month=2026-11").content.decode()
    assert f"/reports/month/2026-11/taken-over/{november.team.pk}/{november.ada.pk}/" in text
    said = "Solutions in this month, for whoever" if language == "en" else "Решения за\N{NO-BREAK SPACE}этот месяц"
    assert said in text
    assert "Ada" in text


@pytest.mark.parametrize("month", ["2026-13", "x", "0000-01", "9999-12", "2026-11-01"])
def test_a_month_that_there_is_not_is_not_found(november: Desk, month: str) -> None:
    assert browser(november.sam).get(f"/reports/month/?month={month}").status_code == 404


def streamed(november: Desk, path: str) -> str:
    """A file as a spreadsheet would read it."""
    answer: Any = browser(november.sam).get(path)
    assert answer.streaming
    return b"".join(answer).decode("utf-8-sig")


def test_the_files_hold_everything_and_run_nothing(november: Desk) -> None:
    rows = list(csv.reader(StringIO(streamed(november, "/reports/month/2026-11.csv"))))
    assert [row[:4] for row in rows[1:3]] == [["Support", "", "4", "3"], ["Support", "Ada", "4", "1"]]
    path = f"/reports/month/2026-11/opened/{november.team.pk}/0.csv"
    rows = list(csv.reader(StringIO(streamed(november, path))))
    assert [row[1] for row in rows] == ["Subject", "Four", "Three", "Two", "'=1+1"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert (harmless("Lamp"), harmless(-1)) == ("Lamp", -1)


def test_a_file_has_no_cap() -> None:
    assert sum(1 for _ in written([n, "x"] for n in range(100_000))) == 100_001


def test_months_follow_each_other() -> None:
    assert (Month(2026, 12).next, Month(2026, 1).former, str(Month(2026, 1))) == (
        Month(2027, 1),
        Month(2025, 12),
        "2026-01",
    )
    assert Month.read("2026-02") == Month(2026, 2)
    assert NOVEMBER.begins("Europe/Moscow") == datetime(2026, 10, 31, 21, tzinfo=UTC)


def test_every_definition_is_said_in_both_languages() -> None:
    for name in work.NUMBERS:
        with translation.override("ru"):
            russian = work.definition(name)
        with translation.override("en"):
            assert russian != work.definition(name), name


# Twenty thousand stretches of an hour each, one after the other, before what there is: more than two years.
YEARS = """
INSERT INTO inbox_interval (conversation_id, team_id, owner_id, level, started_at, ended_at, began_by, ended_by, reason,
    note)
SELECT c.id, c.team_id, c.owner_id, 1, c.opened_at - n * interval '1 hour', c.opened_at - (n - 1) * interval '1 hour',
    (ARRAY['opened', 'routed', 'timed_out', 'passed_on'])[1 + n % 4],
    (ARRAY['passed_on', 'opened', 'routed', 'timed_out'])[1 + n % 4], '', ''
FROM generate_series(1, 20000) n, (SELECT * FROM inbox_conversation WHERE subject = 'Three') c
"""


def test_no_number_reads_the_whole_history(november: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # to make the rows is no page that must come soon
        cursor.execute(YEARS)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE inbox_interval")
        cursor.execute("RESET statement_timeout")
    asked = Asked(OCTOBER, "UTC", november.clock)
    statements = Statements()
    with statements.listening():
        assert numbers(november, OCTOBER, None)["held"] == 31 * 24
        for name in work.NUMBERS:
            monthly.behind(asked, name, november.team, november.max.pk)
    assert statements.scanned({"inbox_interval"}) == []
