"""Before a problem climbs, whoever answers for it is told so, once for each time it comes to that."""

from inbox.desk.take import take
from inbox.models import Conversation, Notice, NoticeKind
from tests.escalation.ladder_of_three import Ladder
from tests.inbox.desk_of_five import answer_to, reference_of


def told() -> list[str]:
    """Who was told that it climbs soon, in order."""
    rows = Notice.objects.filter(kind=NoticeKind.CLIMBS_SOON).select_related("agent").order_by("pk")
    return [notice.agent.name for notice in rows]


def problem_of_ada(ladder: Ladder) -> Conversation:
    conversation = ladder.desk.problem()
    take(conversation, by=ladder.desk.ada, now=ladder.desk.later(seconds=1))
    return conversation


def test_its_owner_is_told_an_hour_before_and_only_once(ladder: Ladder) -> None:
    ladder.policy((2, 10))
    problem_of_ada(ladder)
    ladder.sweep(hours=8, minutes=58)
    assert told() == []
    ladder.sweep(minutes=2)
    ladder.sweep(minutes=20)
    ladder.sweep(minutes=20)
    assert told() == ["Ada"]


def test_of_a_short_step_it_is_the_last_quarter(ladder: Ladder) -> None:
    ladder.policy((2, 1))
    problem_of_ada(ladder)
    ladder.sweep(minutes=44)
    assert told() == []
    ladder.sweep(minutes=2)
    assert told() == ["Ada"]


def test_the_sweep_comes_by_itself_when_it_is_time(ladder: Ladder) -> None:
    ladder.policy((2, 10))
    conversation = problem_of_ada(ladder)
    ladder.sweep()
    conversation.refresh_from_db()
    assert conversation.climbs_at is not None
    assert conversation.look_at is not None
    assert (conversation.climbs_at - conversation.look_at).total_seconds() == 3600


def test_what_waits_in_the_queue_is_told_to_whoever_answers_for_that(ladder: Ladder) -> None:
    ladder.policy((2, 10))
    ladder.desk.problem()
    ladder.sweep(hours=9, minutes=1)
    assert told() == ["Sam"]


def test_each_step_of_the_ladder_is_told_of_and_what_has_climbed_is_not_soon(ladder: Ladder) -> None:
    ladder.policy((2, 10), (3, 20))
    problem_of_ada(ladder)
    ladder.sweep(hours=10, minutes=1)
    assert told() == []
    ladder.sweep(hours=9, minutes=1)
    assert len(told()) == 1


def test_when_the_customer_has_answered_with_little_time_left_it_is_told_again(ladder: Ladder) -> None:
    ladder.policy((2, 10))
    conversation = problem_of_ada(ladder)
    ladder.sweep(hours=9, minutes=10)
    said = ladder.desk.answers(conversation)
    ladder.sweep()
    ladder.desk.later(hours=5)
    ladder.desk.receives(answer_to(reference_of(said)))
    ladder.sweep()
    assert told() == ["Ada", "Ada"]
