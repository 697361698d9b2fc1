"""A promise is kept by an answer or a solution, reminded of before its time, and never broken in silence."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from escalation import estimates
from escalation.estimates import Ground
from escalation.informing import written
from escalation.models import Promise
from escalation.promises import promise, proposed
from escalation.telling import answered
from inbox.desk.merge import merge, split, undo
from inbox.desk.solve import snooze, solve
from inbox.desk.take import take
from inbox.desk.undo_send import undo_send
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Activity, Conversation, Notice, NoticeKind, Plan
from tests.escalation.ladder_of_three import Ladder
from tests.inbox.desk_of_five import answer_to, reference_of


@pytest.fixture
def problem(ladder: Ladder) -> Conversation:
    problem = ladder.desk.problem()
    take(problem, by=ladder.desk.ada, now=ladder.desk.later())
    return problem


def promised(ladder: Ladder, problem: Conversation, **after: float) -> Promise:
    desk = ladder.desk
    return promise(problem, desk.clock + timedelta(**after), by=desk.ada, now=desk.clock)


def shown(problem: Conversation) -> datetime | None:
    """What the row says."""
    problem.refresh_from_db()
    return problem.promise_at


def told(kind: NoticeKind) -> set[str]:
    return {notice.agent.name for notice in Notice.objects.filter(kind=kind)}


def test_it_is_shown_until_the_customer_has_heard_from_us(ladder: Ladder, problem: Conversation) -> None:
    made = promised(ladder, problem, hours=4)
    ladder.sweep()
    assert shown(problem) == made.due_at
    ladder.desk.answers(problem)
    ladder.sweep()
    made.refresh_from_db()
    assert shown(problem) is None
    assert made.kept_at == ladder.desk.clock - timedelta(seconds=1)


def test_an_answer_that_only_tells_of_it_does_not_keep_it_and_the_next_one_does(
    ladder: Ladder, problem: Conversation
) -> None:
    desk = ladder.desk
    made = promised(ladder, problem, hours=4)
    desk.answers(problem, f"You hear from us by {made.due_at:%H:%M}.", then="open")
    ladder.sweep()
    assert shown(problem) == made.due_at
    desk.answers(problem, f"By {made.due_at:%H:%M}, as I said: here is your lamp.")
    ladder.sweep()
    made.refresh_from_db()
    assert (shown(problem), made.kept_at) == (None, desk.clock - timedelta(seconds=1))


def test_who_was_told_of_it_and_hears_no_more_was_promised_too_much(ladder: Ladder, problem: Conversation) -> None:
    made = promised(ladder, problem, hours=4)
    ladder.desk.answers(problem, f"You hear from us by {made.due_at:%H:%M}.", then="open")
    ladder.sweep(hours=3, minutes=40)
    assert told(NoticeKind.PROMISE_SOON) == {"Ada"}
    ladder.sweep(hours=1)
    made.refresh_from_db()
    assert (made.kept_at, made.broken_at) == (None, made.due_at)


def test_a_time_that_an_answer_names_in_our_words_is_promised_with_it(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    first = promised(ladder, problem, hours=4)
    desk.later(hours=3, minutes=50)
    time = proposed(problem, desk.clock).at
    said = desk.answers(
        problem, f"You will hear from us by {written(problem, time)}.", then="open", undo=timedelta(minutes=5)
    )
    ladder.sweep()
    first.refresh_from_db()
    made = Promise.objects.get(kept_at=None)
    assert first.kept_at == made.made_at == said.happened_at, "he heard in time, and waits for another one now"
    assert (made.made_by, made.due_at, shown(problem)) == (desk.ada, time, time)
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    ladder.sweep()
    assert shown(problem) == first.due_at


def test_the_twelfth_is_not_the_second(ladder: Ladder, problem: Conversation) -> None:
    ladder.desk.answers(problem, "You will hear from us by 12 November, 15:00 (UTC).")
    assert Promise.objects.get().due_at == datetime(2026, 11, 12, 15, tzinfo=UTC)


def test_to_read_an_answer_for_a_time_takes_no_question_for_each_hour(
    ladder: Ladder, problem: Conversation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    said = ladder.desk.answers(problem, "Our shop is in Greenwich (UTC).")
    activity = Activity.objects.get(verb="replied", conversation=problem)
    with django_assert_max_num_queries(4):
        answered(activity)
    assert not Promise.objects.filter(made_at=said.happened_at).exists()


def test_what_is_solved_with_the_answer_that_promises_owes_nothing(ladder: Ladder, problem: Conversation) -> None:
    time = proposed(problem, ladder.desk.clock).at
    ladder.desk.answers(problem, f"You will hear from us by {written(problem, time)}.", then="solved")
    ladder.sweep()
    assert (shown(problem), Promise.objects.get().kept_at) == (None, problem.solved_at)


def test_an_answer_that_comes_too_late_breaks_what_it_replaces(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    late = promised(ladder, problem, hours=4)
    desk.later(hours=5)
    time = proposed(problem, desk.clock).at
    desk.answers(problem, f"You will hear from us by {written(problem, time)}.")
    ladder.sweep()
    late.refresh_from_db()
    assert (late.broken_at, late.kept_at, shown(problem)) == (late.due_at, None, time)


def test_an_answer_taken_back_has_told_him_nothing(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    made = promised(ladder, problem, hours=4)
    said = desk.answers(problem, f"You hear from us by {made.due_at:%H:%M}.", undo=timedelta(minutes=5))
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    made.refresh_from_db()
    assert made.told_at is None
    desk.answers(problem, "It is mended.")
    ladder.sweep()
    made.refresh_from_db()
    assert made.kept_at is not None


def test_a_solution_keeps_it(ladder: Ladder, problem: Conversation) -> None:
    made = promised(ladder, problem, hours=4)
    solve(problem, by=ladder.desk.ada, now=ladder.desk.later())
    ladder.sweep()
    made.refresh_from_db()
    problem.refresh_from_db()
    assert made.kept_at is not None
    assert problem.promise_at is None


def test_the_owner_is_reminded_once_before_its_time(ladder: Ladder, problem: Conversation) -> None:
    promised(ladder, problem, hours=4)
    ladder.sweep(hours=3, minutes=20)
    assert told(NoticeKind.PROMISE_SOON) == set()
    ladder.sweep(minutes=15)
    ladder.sweep(minutes=5)
    assert [n.agent.name for n in Notice.objects.filter(kind=NoticeKind.PROMISE_SOON)] == ["Ada"]


def test_broken_it_is_counted_the_lead_sees_it_and_the_row_still_shows_it(
    ladder: Ladder, problem: Conversation
) -> None:
    made = promised(ladder, problem, hours=1)
    ladder.sweep(hours=2)
    ladder.sweep()
    made.refresh_from_db()
    assert made.broken_at == made.due_at == shown(problem)
    assert told(NoticeKind.PROMISE_BROKEN) == {"Ada", "Sam"}
    assert Notice.objects.filter(kind=NoticeKind.PROMISE_BROKEN).count() == 2
    ladder.desk.answers(problem)
    ladder.sweep()
    made.refresh_from_db()
    assert shown(problem) is None
    assert made.kept_at is None


def test_an_answer_that_came_too_late_does_not_keep_it_though_nobody_had_looked(
    ladder: Ladder, problem: Conversation
) -> None:
    made = promised(ladder, problem, hours=1)
    ladder.desk.later(hours=2)
    ladder.desk.answers(problem)
    ladder.sweep()
    made.refresh_from_db()
    assert (made.kept_at, made.broken_at) == (None, made.due_at)


def test_another_one_takes_its_place(ladder: Ladder, problem: Conversation) -> None:
    first = promised(ladder, problem, hours=1)
    second = promised(ladder, problem, hours=9)
    ladder.sweep(hours=2)
    first.refresh_from_db()
    problem.refresh_from_db()
    assert first.withdrawn_at is not None
    assert problem.promise_at == second.due_at
    assert told(NoticeKind.PROMISE_BROKEN) == set()


def test_what_cannot_be_promised(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    with pytest.raises(Invalid):
        promised(ladder, problem, hours=-1)
    with pytest.raises(Invalid):
        promised(ladder, problem, days=400)
    with pytest.raises(Invalid):
        snooze(problem, by=desk.ada, until=datetime.max.replace(tzinfo=UTC), now=desk.clock)
    with pytest.raises(NotAllowed):
        promise(problem, desk.clock + timedelta(hours=1), by=desk.kim, now=desk.clock)
    solve(problem, by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone):
        promised(ladder, problem, hours=1)


def test_the_time_that_is_proposed_comes_from_like_cases_with_a_margin(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    assert proposed(problem, desk.clock).at >= desk.clock + timedelta(hours=8)  # nobody knows yet
    for number in range(10):
        done = desk.problem(f"Lamp {number}", subject=f"Lamp {number}")
        solve(done, by=desk.ada, now=desk.later(hours=2))
    time = proposed(problem, desk.clock).at - desk.clock
    assert timedelta(hours=2.5) <= time <= timedelta(hours=3.5)


def test_an_open_problem_whose_customer_hears_nothing_owes_an_update_and_says_so_once(
    ladder: Ladder, problem: Conversation
) -> None:
    ladder.policy((3, 90), update_after=timedelta(hours=8))
    Conversation.objects.update(look_at=problem.opened_at)
    ladder.sweep(hours=9)
    ladder.sweep(hours=1)
    problem.refresh_from_db()
    assert problem.owes_update_at == problem.opened_at + timedelta(hours=8)
    assert Notice.objects.filter(kind=NoticeKind.OWES_UPDATE, agent=ladder.desk.ada).count() == 1
    ladder.desk.answers(problem, then="open")
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.owes_update_at == ladder.desk.clock - timedelta(seconds=1) + timedelta(hours=8)


def test_a_client_whose_plan_says_so_hears_from_us_sooner_the_first_time(ladder: Ladder, problem: Conversation) -> None:
    ladder.policy((3, 90), update_after=timedelta(hours=8))
    problem.customer.plan = Plan.objects.create(name="Gold", answer_within=timedelta(hours=2))
    problem.customer.save()
    Conversation.objects.update(look_at=problem.opened_at)
    ladder.sweep(hours=3)
    problem.refresh_from_db()
    assert problem.owes_update_at == problem.opened_at + timedelta(hours=2)
    assert told(NoticeKind.OWES_UPDATE) == {"Ada"}
    ladder.desk.answers(problem, then="open")
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.owes_update_at == ladder.desk.clock - timedelta(seconds=1) + timedelta(hours=8)


def test_it_goes_along_when_its_conversation_becomes_part_of_another(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    into = desk.problem("A cup", subject="A cup")
    made = promised(ladder, problem, hours=2)
    merge(problem, into, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert shown(into) == made.due_at


def test_a_broken_one_does_not_hide_one_that_can_still_be_kept(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    into = desk.problem("A cup", subject="A cup")
    stands = promised(ladder, problem, hours=9)
    promised(ladder, into, hours=2)
    ladder.sweep(hours=3)
    merge(problem, into, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert shown(into) == stands.due_at


def test_what_was_broken_is_still_owed_where_it_went(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    into = desk.problem("A cup", subject="A cup")
    broken = promised(ladder, problem, hours=2)
    ladder.sweep(hours=3)
    act = merge(problem, into, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert shown(into) == broken.due_at
    undo(act, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert (shown(problem), shown(into)) == (broken.due_at, None)


def test_what_was_answered_before_it_went_is_owed_no_more(ladder: Ladder, problem: Conversation) -> None:
    """No look has come to it since."""
    desk = ladder.desk
    into, further = desk.problem("A cup", subject="A cup"), desk.problem("A fork", subject="A fork")
    promised(ladder, problem, hours=2)
    ladder.sweep(hours=3)
    desk.answers(problem)
    merge(problem, into, by=desk.sam, now=desk.later())
    kept = promised(ladder, into, hours=2)
    desk.answers(into)
    merge(into, further, by=desk.sam, now=desk.later())
    kept.refresh_from_db()
    assert kept.kept_at
    ladder.sweep()
    assert (shown(into), shown(further)) == (None, None)


def test_what_was_split_off_owes_its_first_word_since_it_was_asked(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    ladder.policy((3, 90), update_after=timedelta(hours=8))
    problem.customer.plan = Plan.objects.create(name="Gold", answer_within=timedelta(hours=2))
    problem.customer.save()
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    asked = problem.messages.latest("pk")
    part = split(problem, [asked], by=desk.sam, now=desk.later(hours=3))
    ladder.sweep()
    part.refresh_from_db()
    assert part.owes_update_at == asked.happened_at + timedelta(hours=2)


def test_a_time_says_what_it_rests_on() -> None:
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert estimates.promised(now, [hour] * 4).ground == Ground.TOO_FEW
    assert estimates.promised(now, [hour] * 5).ground == Ground.MEASURED
    assert estimates.promised(now, [12 * day] * 50).ground == Ground.TOO_LONG


def test_of_two_that_come_together_the_earlier_time_counts(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    into = desk.problem("A cup", subject="A cup")
    promised(ladder, problem, hours=5)
    first = promised(ladder, into, hours=2)
    merge(problem, into, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert shown(into) == first.due_at


def test_an_answer_that_was_taken_back_keeps_nothing(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    made = promised(ladder, problem, hours=2)
    said = desk.answers(problem, undo=timedelta(minutes=5))
    ladder.sweep()
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    ladder.sweep()
    assert shown(problem) == made.due_at
    ladder.sweep(hours=3)
    assert told(NoticeKind.PROMISE_BROKEN) == {"Ada", "Sam"}


def test_who_writes_after_days_of_silence_of_his_own_is_owed_nothing_at_once(
    ladder: Ladder, problem: Conversation
) -> None:
    desk = ladder.desk
    ladder.policy((3, 99), update_after=timedelta(hours=8))
    said = desk.answers(problem)
    desk.later(days=3)
    desk.receives(answer_to(reference_of(said)))
    wrote = desk.clock
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.owes_update_at == wrote + timedelta(hours=8)
    assert told(NoticeKind.OWES_UPDATE) == set()


def test_what_was_promised_in_a_part_is_promised_in_the_whole_again(ladder: Ladder, problem: Conversation) -> None:
    desk = ladder.desk
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    part = split(problem, [problem.messages.latest("pk")], by=desk.sam, now=desk.later())
    made = promised(ladder, part, hours=4)
    undo(Activity.objects.get(verb="conversation_split"), by=desk.sam, now=desk.later())
    ladder.sweep()
    made.refresh_from_db()
    assert made.conversation == problem
    assert shown(problem) == made.due_at


@pytest.mark.parametrize("also_there", [False, True])
def test_a_merge_that_is_undone_leaves_to_each_what_was_promised_in_it(
    ladder: Ladder, problem: Conversation, also_there: bool
) -> None:
    desk = ladder.desk
    into = desk.problem("A cup", subject="A cup")
    made = promised(ladder, problem, hours=4)
    there = promised(ladder, into, hours=9) if also_there else None
    act = merge(problem, into, by=desk.sam, now=desk.later())
    undo(act, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert (shown(problem), shown(into)) == (made.due_at, there.due_at if there else None)
