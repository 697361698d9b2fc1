"""What a change would do at once: all of it, some at a time, each log read once and only where it matters."""

from collections.abc import Collection
from datetime import time, timedelta

import pytest

from escalation import previewing
from escalation.clock import Entry
from escalation.models import Clock, Cover, Policy, Step
from escalation.previewing import carried_out
from escalation.readings import logs_of
from inbox.desk.merge import merge
from inbox.models import Conversation
from tests.escalation.ladder_of_three import Ladder
from tests.escalation.plans import needs


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whose logs are read, two conversations at a time."""
    found: list[int] = []

    def reads(conversations: Collection[int]) -> dict[int, list[Entry]]:
        found.extend(conversations)
        return logs_of(conversations)

    monkeypatch.setattr(previewing, "logs_of", reads)
    monkeypatch.setattr(previewing, "AT_ONCE", 2)
    return found


def sooner() -> None:
    Step.objects.update(after=timedelta(hours=1))


def test_many_are_read_some_at_a_time_and_each_once(ladder: Ladder, read: list[int]) -> None:
    ladder.policy((3, 20))
    problems = [ladder.desk.problem(f"Lamp {number}", subject=f"Lamp {number}") for number in range(5)]
    preview = carried_out(sooner, confirmed=False, now=ladder.desk.later(hours=2))
    assert (preview.how_many, preview.first) == (5, problems)
    assert read == [problem.pk for problem in problems]
    assert Step.objects.get().after == timedelta(hours=20)


def test_what_changes_no_step_reads_no_log(ladder: Ladder, read: list[int]) -> None:
    ladder.policy((3, 1))
    ladder.desk.problem()
    now = ladder.desk.later(hours=2)
    assert carried_out(lambda: Policy.objects.update(name="Another"), confirmed=False, now=now).how_many == 0
    assert read == []
    assert Policy.objects.get().name == "Another"


def test_what_was_due_before_does_not_climb_because_of_the_change(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    ladder.desk.problem()
    assert carried_out(sooner, confirmed=False, now=ladder.desk.later(hours=21)).how_many == 0


def test_what_was_merged_in_counts(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    desk = ladder.desk
    first = desk.problem()
    desk.later(hours=3)
    third = desk.problem("A plate", subject="A plate")
    merge(first, third, by=desk.sam, now=desk.later())
    preview = carried_out(sooner, confirmed=False, now=desk.later())
    assert [row.pk for row in preview.first] == [third.pk]


def test_what_would_climb_because_a_team_works_longer_is_known_before(ladder: Ladder) -> None:
    ladder.policy((3, 3), clock=Clock.WORKING)
    desk = ladder.desk
    needs(desk.team, "09:00", "10:00", days="1")
    problem, _other = desk.problem(), desk.problem("A cup", channel=desk.channel_elsewhere)

    def works_longer() -> None:
        Cover.objects.update(ends=time(17))

    now, rows = desk.later(hours=4), Conversation.objects.filter(team=desk.team)
    preview = carried_out(works_longer, confirmed=False, now=now, rows=rows, calendar_of=desk.team)
    assert preview.first == [problem]
    assert Cover.objects.get().ends == time(10)
    assert carried_out(works_longer, confirmed=True, now=now, rows=rows, calendar_of=desk.team).how_many == 0
    assert Cover.objects.get().ends == time(17)
