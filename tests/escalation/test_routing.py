"""The right person within the team: his manager, who knows him, who has least to do; nobody off shift or too full."""

from datetime import timedelta

import pytest
from django.db import transaction

from connectors.contract import Person
from escalation import routing, sweep
from escalation.looking import look_at
from escalation.models import Rule
from inbox.desk.merge import split
from inbox.desk.ownership import hand, locked
from inbox.desk.pass_on import pass_on
from inbox.desk.solve import needs_us, solve
from inbox.desk.take import accept, give_back, take, take_over
from inbox.desk.teams import make_team
from inbox.models import (
    Agent,
    Cause,
    Channel,
    Conversation,
    Customer,
    Interval,
    Membership,
    Notice,
    NoticeKind,
    Plan,
    Reason,
    Role,
    State,
    Topic,
)
from tests.escalation.ladder_of_three import Ladder, now_is
from tests.inbox.desk_of_five import answer_to, history, reference_of


def why(conversation: Conversation) -> str:
    present = Interval.objects.get(conversation=conversation, ended_at=None)
    return str((present.why or {}).get("sentence", ""))


def another(ladder: Ladder, number: int, *, sender: str = "") -> Conversation:
    person = Person(address=sender or f"customer{number}@example.com", name=f"Customer {number}")
    return ladder.desk.problem(f"Lamp {number}", subject=f"Lamp {number}", sender=person)


def test_nobody_on_shift_it_waits_in_the_queue_and_the_duty_lead_is_responsible(ladder: Ladder) -> None:
    problem = ladder.desk.problem()
    ladder.sweep()
    assert now_is(problem) == ("queue", 1)


def test_it_goes_to_who_has_least_to_do_and_says_why(ladder: Ladder) -> None:
    ladder.on_shift(ladder.desk.ada, ladder.desk.sam)
    take(another(ladder, 1), by=ladder.desk.ada, now=ladder.desk.later())
    problem = another(ladder, 2)
    ladder.sweep()
    assert now_is(problem) == ("Sam", 1)
    assert why(problem).startswith("Has least to do")


def test_of_equals_the_one_who_waits_longest(ladder: Ladder) -> None:
    ladder.on_shift(ladder.desk.ada, ladder.desk.sam)
    got = []
    for number in range(4):
        problem = another(ladder, number)
        ladder.sweep()
        got.append(now_is(problem)[0])
    assert got == ["Ada", "Sam", "Ada", "Sam"]


def test_who_had_to_do_with_the_customer_lately_gets_it(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada, desk.sam)
    solved = another(ladder, 1, sender="carla@example.com")
    take(solved, by=desk.sam, now=desk.later())
    solve(solved, by=desk.sam, now=desk.later())
    take(another(ladder, 2), by=desk.sam, now=desk.later())
    problem = another(ladder, 3, sender="carla@example.com")
    ladder.sweep()
    assert now_is(problem) == ("Sam", 1)
    assert why(problem).startswith("Had to do with this customer")


def test_after_a_week_nobody_remembers(ladder: Ladder) -> None:
    desk = ladder.desk
    solved = another(ladder, 1, sender="carla@example.com")
    take(solved, by=desk.sam, now=desk.later())
    solve(solved, by=desk.sam, now=desk.later())
    desk.later(days=8)
    ladder.on_shift(desk.ada, desk.sam)
    take(another(ladder, 2), by=desk.sam, now=desk.later())
    problem = another(ladder, 3, sender="carla@example.com")
    ladder.sweep()
    assert now_is(problem) == ("Ada", 1)


def test_a_personal_manager_comes_first_and_his_deputy_after_him(ladder: Ladder) -> None:
    desk = ladder.desk
    gold = Plan.objects.create(name="Gold", weight=2, manager=desk.max, deputy=desk.sam)
    ladder.on_shift(desk.ada, desk.sam)
    first = another(ladder, 1)
    first.customer.plan = gold
    first.customer.save()
    ladder.sweep()
    assert now_is(first) == ("Sam", 1)
    ladder.on_shift(desk.max)
    second = another(ladder, 1)
    ladder.sweep()
    assert now_is(second) == ("Max", 1)
    assert why(second).startswith("Personal manager")


def test_nobody_gets_more_than_fits_and_what_is_reserved_is_for_important_clients(ladder: Ladder) -> None:
    desk = ladder.desk
    Agent.objects.filter(pk=desk.ada.pk).update(capacity=3, reserved=1)
    ladder.on_shift(desk.ada)
    problems = [another(ladder, number) for number in range(3)]
    ladder.sweep()
    assert [now_is(problem)[0] for problem in problems] == ["Ada", "Ada", "queue"]
    gold = Plan.objects.create(name="Gold", is_reserved_for=True)
    important = another(ladder, 9)
    important.customer.plan = gold
    important.customer.save()
    ladder.sweep()
    assert now_is(important)[0] == "Ada"
    assert now_is(problems[2])[0] == "queue"


def test_the_weight_of_a_channel_and_of_a_plan_counts(ladder: Ladder) -> None:
    Channel.objects.update(weight=2)
    Agent.objects.filter(pk=ladder.desk.ada.pk).update(capacity=5)
    ladder.on_shift(ladder.desk.ada)
    problems = [another(ladder, number) for number in range(3)]
    ladder.sweep()
    assert [now_is(problem)[0] for problem in problems] == ["Ada", "Ada", "queue"]


def test_the_moment_somebody_has_room_the_heaviest_plan_then_the_oldest_due_is_his(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.policy((3, 20))
    Agent.objects.filter(pk=desk.ada.pk).update(capacity=1)
    ladder.on_shift(desk.ada)
    first, second, third = (another(ladder, number) for number in range(3))
    third.customer.plan = Plan.objects.create(name="Gold", weight=1)
    ladder.sweep()
    assert now_is(first)[0] == "Ada"
    third.customer.save()
    solve(first, by=desk.ada, now=desk.later())
    ladder.sweep()
    assert (now_is(second)[0], now_is(third)[0]) == ("queue", "Ada")
    solve(third, by=desk.ada, now=desk.later())
    ladder.sweep()
    assert now_is(second)[0] == "Ada"


@pytest.mark.parametrize("first_of_all", ["heavy", "for nobody here"])
def test_somebody_further_back_is_served_though_nobody_has_room_for_the_first(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch, first_of_all: str
) -> None:
    monkeypatch.setattr(routing, "AT_ONCE", 2)
    desk = ladder.desk
    heavy = Plan.objects.create(name="Heavy", weight=9)
    gold = Plan.objects.create(name="Gold", weight=2, manager=desk.max, is_reserved_for=True)
    first = [another(ladder, number) for number in range(5)]
    last = another(ladder, 9)
    Customer.objects.filter(conversations__in=first).update(plan=heavy)
    Customer.objects.filter(conversations=last).update(plan=gold)
    Agent.objects.filter(pk=desk.ada.pk).update(capacity=8, reserved=8)
    Membership.objects.filter(agent=desk.max).delete()  # a personal manager who answers in another team
    ladder.on_shift(desk.ada if first_of_all == "heavy" else desk.max)
    ladder.sweep()
    assert now_is(last)[0] == ("Ada" if first_of_all == "heavy" else "Max")
    assert {now_is(problem)[0] for problem in first} == {"queue"}


def test_what_somebody_let_lapse_does_not_keep_him_from_what_is_further_back(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "AT_ONCE", 2)
    ladder.policy((3, 20))
    ladder.on_shift(ladder.desk.ada)
    lapsed = [another(ladder, number) for number in range(5)]
    ladder.sweep()
    ladder.sweep(minutes=16)
    last = another(ladder, 9)
    ladder.sweep()
    assert now_is(last)[0] == "Ada"
    assert {now_is(problem)[0] for problem in lapsed} == {"queue"}


def test_who_may_not_answer_in_the_team_gets_nothing(ladder: Ladder) -> None:
    ladder.on_shift(ladder.desk.kim, ladder.desk.max)
    problem = ladder.desk.problem()
    ladder.sweep()
    assert now_is(problem)[0] == "queue"


def test_what_is_not_accepted_goes_back_to_the_queue_and_not_to_the_same_again(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada)
    problem = desk.problem()
    ladder.sweep()
    assert now_is(problem)[0] == "Ada"
    ladder.sweep(minutes=14)
    assert now_is(problem)[0] == "Ada"
    ladder.sweep(minutes=2)
    assert now_is(problem)[0] == "queue"
    assert why(problem).endswith("did not accept it in %(minutes)s minutes")
    assert Notice.objects.filter(agent=desk.sam, kind=NoticeKind.NOT_ACCEPTED, about=desk.ada).exists()
    ladder.sweep()
    assert now_is(problem)[0] == "queue"
    ladder.on_shift(desk.sam)
    ladder.sweep()
    assert now_is(problem)[0] == "Sam"


def test_what_is_accepted_stays(ladder: Ladder) -> None:
    desk = ladder.desk
    problem = desk.problem()
    take(problem, by=desk.sam, now=desk.later())
    pass_on(problem, by=desk.sam, to=desk.ada, note="Yours", reason=Reason.KNOWLEDGE, now=desk.later())
    accept(problem, by=desk.ada, now=desk.later())
    ladder.sweep(hours=1)
    assert now_is(problem)[0] == "Ada"


@pytest.mark.parametrize("somebody_is_there", [True, False])
def test_when_the_customer_writes_to_somebody_off_shift_another_one_gets_it(
    ladder: Ladder, somebody_is_there: bool
) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada)
    problem = desk.problem()
    said = desk.answers(problem)
    ladder.off_shift(desk.ada)
    if somebody_is_there:
        ladder.on_shift(desk.sam)
    ladder.sweep()
    assert now_is(problem)[0] == "Ada"  # it waits for the customer: it stays
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep()
    # In a team in which nobody is or will be on shift everybody keeps what he has.
    assert now_is(problem)[0] == ("Sam" if somebody_is_there else "Ada")
    if somebody_is_there:
        assert ("queue", Cause.SHIFT_END, Cause.ROUTED) in history(problem)


@pytest.mark.parametrize(
    ("level", "is_here", "goes_to"), [(2, "max", "Max"), (2, "ada", "Sam"), (3, "kim", "Max"), (2, "", "Sam")]
)
def test_above_the_front_line_another_of_the_level_gets_it_but_not_at_the_top(
    ladder: Ladder, level: int, is_here: str, goes_to: str
) -> None:
    desk = ladder.desk
    problem = desk.problem()
    holder = desk.max if level == 3 else desk.sam
    with transaction.atomic():
        hand(locked(problem), now=desk.later(), cause=Cause.TIMED_OUT, owner=holder, level=level)
    said = desk.answers(problem, by=holder)
    if is_here:
        ladder.on_shift(getattr(desk, is_here))
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep()
    assert now_is(problem) == (goes_to, level)


def test_a_manager_who_works_elsewhere_is_no_shift_of_a_team_that_has_none(ladder: Ladder) -> None:
    desk = ladder.desk
    Plan.objects.create(name="Gold", manager=desk.kim)
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    said = desk.answers(problem)
    ladder.on_shift(desk.kim)
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep()
    assert now_is(problem)[0] == "Ada"


def left_by_ada(ladder: Ladder) -> Conversation:
    """She has answered and gone; it waits for the customer, and sam is here."""
    ladder.on_shift(ladder.desk.ada)
    problem = ladder.desk.problem()
    ladder.desk.answers(problem)
    ladder.off_shift(ladder.desk.ada)
    ladder.on_shift(ladder.desk.sam)
    return problem


def test_what_a_colleague_opens_at_the_hands_of_somebody_off_shift_goes_to_another(ladder: Ladder) -> None:
    desk, problem = ladder.desk, left_by_ada(ladder)
    needs_us(problem, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert now_is(problem)[0] == "Sam"
    relieved = Interval.objects.get(conversation=problem, began_by=Cause.SHIFT_END)
    assert "wrote" not in str((relieved.why or {})["sentence"]), "nobody has written"


def test_who_opens_his_own_off_shift_keeps_it(ladder: Ladder) -> None:
    desk, problem = ladder.desk, left_by_ada(ladder)
    needs_us(problem, by=desk.ada, now=desk.later())
    ladder.sweep()
    assert now_is(problem)[0] == "Ada"


def test_what_is_split_off_from_the_work_of_somebody_off_shift_goes_to_another(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada)
    problem = desk.problem()
    said = desk.answers(problem)
    desk.receives(answer_to(reference_of(said), text="And an invoice"))
    desk.answers(problem)
    ladder.off_shift(desk.ada)
    ladder.on_shift(desk.sam)
    asked = problem.messages.get(reply_text="And an invoice")
    part = split(problem, [asked], by=desk.sam, now=desk.later())
    ladder.sweep()
    assert (now_is(part)[0], now_is(problem)[0]) == ("Sam", "Ada")


def test_what_is_opened_again_goes_to_the_personal_manager_if_he_is_here(ladder: Ladder) -> None:
    desk = ladder.desk
    problem = desk.problem()
    said = desk.answers(problem)
    solve(problem, by=desk.ada, now=desk.later())
    Customer.objects.update(plan=Plan.objects.create(name="Gold", manager=desk.sam))
    ladder.on_shift(desk.ada, desk.sam)
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep()
    assert now_is(problem)[0] == "Sam"
    assert why(problem).startswith("Personal manager")


def test_a_manager_who_does_not_accept_what_was_opened_again_loses_it_in_time(ladder: Ladder) -> None:
    desk = ladder.desk
    problem = desk.problem()
    said = desk.answers(problem)
    solve(problem, by=desk.ada, now=desk.later())
    Customer.objects.update(plan=Plan.objects.create(name="Gold", manager=desk.sam))
    ladder.on_shift(desk.sam)
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep()
    ladder.sweep(minutes=16)
    assert now_is(problem)[0] == "queue"


def test_what_was_opened_again_is_tried_again_until_his_manager_has_room(ladder: Ladder) -> None:
    """The look that found it may have been killed before it was given."""
    desk = ladder.desk
    problem = desk.problem()
    said = desk.answers(problem)
    solve(problem, by=desk.ada, now=desk.later())
    Customer.objects.update(plan=Plan.objects.create(name="Gold", manager=desk.sam))
    ladder.on_shift(desk.ada, desk.sam)
    desk.receives(answer_to(reference_of(said)))
    found = look_at(problem.pk, desk.later())
    assert found.for_managers == [problem.pk]
    assert now_is(problem)[0] == "Ada"
    ladder.sweep(minutes=1)
    assert now_is(problem)[0] == "Sam"


def test_an_answer_of_a_colleague_that_may_still_be_taken_back_takes_nothing_from_anybody(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada)
    problem = desk.problem()
    desk.answers(problem)
    ladder.off_shift(desk.ada)
    ladder.on_shift(desk.sam)
    desk.answers(problem, by=desk.sam, then=State.OPEN)
    ladder.sweep(seconds=5)
    assert now_is(problem)[0] == "Ada"
    ladder.sweep(seconds=6)
    assert now_is(problem)[0] == "Sam"


def test_what_a_person_has_set_no_rule_overwrites(ladder: Ladder) -> None:
    desk = ladder.desk
    his, of_the_rule = Topic.objects.create(name="Returns"), Topic.objects.create(name="Lamps")
    Rule.objects.create(name="Lamps", conditions={}, actions={"topic": of_the_rule.pk, "priority": 1, "tags": ["lamp"]})
    problem = desk.problem()
    Conversation.objects.update(topic=his, priority=2)
    ladder.sweep()
    problem.refresh_from_db()
    assert (problem.topic, problem.priority, problem.tags) == (his, 2, ["lamp"])


def test_what_we_began_is_sorted_when_the_customer_has_said_something(ladder: Ladder) -> None:
    desk = ladder.desk
    Rule.objects.create(name="Lamps", conditions={"words": ["lamp"]}, actions={"tags": ["lamp"]})
    problem = desk.problem()
    Conversation.objects.update(last_incoming_at=None)
    ladder.sweep()
    problem.refresh_from_db()
    assert (problem.sorted_at, problem.tags) == (None, [])
    desk.receives(answer_to(reference_of(problem.messages.get()), text="The lamp"))
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.tags == ["lamp"]


def test_a_rule_says_what_it_is_about_though_somebody_was_quicker(ladder: Ladder) -> None:
    desk = ladder.desk
    topic = Topic.objects.create(name="Lamps", team=make_team("Lamps", lead=desk.sam, by=desk.kim, now=desk.later()))
    conditions, actions = {"words": ["lamp"]}, {"topic": topic.pk, "priority": 1}
    Rule.objects.create(name="Lamps", position=1, conditions=conditions, actions=actions)
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    ladder.sweep()
    problem.refresh_from_db()
    assert (problem.topic, problem.priority) == (topic, 1)
    assert (problem.owner, problem.team) == (desk.ada, desk.team), "what he has stays with him"


def test_what_was_done_while_a_sweep_worked_breaks_nothing(ladder: Ladder) -> None:
    """Its `now` is older than what it meets: no stretch ends before it began, and the next sweep sees to the rest."""
    desk = ladder.desk
    ladder.policy((None, 20))
    ladder.on_shift(desk.sam)
    problem = desk.problem()
    began = desk.later(hours=21)
    take(problem, by=desk.ada, now=desk.later(seconds=2))
    sweep.run(began)
    assert now_is(problem) == ("Ada", 1)
    with transaction.atomic():
        hand(locked(problem), now=began, cause=Cause.ROUTED, owner=desk.sam)
    assert now_is(problem) == ("Sam", 1)
    ladder.sweep()
    assert now_is(problem) == ("Max", 3)


def test_what_waits_for_the_customer_does_not_lapse_and_has_its_time_when_he_writes(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada, desk.sam)
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    said = desk.answers(problem)
    take_over(problem, by=desk.sam, now=desk.later())
    give_back(problem, by=desk.sam, note="Yours", now=desk.later())
    ladder.sweep(hours=3)
    assert now_is(problem)[0] == "Ada"
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep(minutes=14)
    assert now_is(problem)[0] == "Ada"
    ladder.sweep(minutes=2)
    assert now_is(problem)[0] == "Sam"
    assert Interval.objects.filter(owner=desk.ada, ended_by=Cause.GIVEN_BACK).exists()


def test_who_takes_something_off_shift_keeps_it(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.sam)
    Agent.objects.filter(pk=desk.sam.pk).update(capacity=0)
    problem = desk.problem()
    ladder.sweep()
    take(problem, by=desk.ada, now=desk.later())
    ladder.sweep()
    assert now_is(problem)[0] == "Ada"


def test_the_look_of_a_thousand_is_one_batch_after_the_other(ladder: Ladder) -> None:
    for number in range(5):
        another(ladder, number)
    assert sweep.run(ladder.desk.later()) == 5
    assert sweep.run(ladder.desk.later()) == 0


def test_people_who_are_switched_off_or_in_no_team_are_never_chosen(ladder: Ladder) -> None:
    ladder.on_shift(ladder.desk.ada)
    Membership.objects.filter(agent=ladder.desk.ada).delete()
    assert routing.find(ladder.desk.problem(), now=ladder.desk.later()) is None
    Membership.objects.create(agent=ladder.desk.ada, team=ladder.desk.team, role=Role.AGENT)
    found = routing.find(ladder.desk.problem("Again", subject="Again"), now=ladder.desk.later())
    assert found is not None
    assert found.agent == ladder.desk.ada


def test_a_deadline_is_stored_ahead(ladder: Ladder) -> None:
    ladder.policy((2, 4), (3, 20), update_after=timedelta(hours=8))
    problem = ladder.desk.problem()
    ladder.sweep()
    problem.refresh_from_db()
    assert (problem.climbs_at, problem.climbs_to) == (problem.opened_at + timedelta(hours=4), 2)
    assert problem.owes_update_at == problem.opened_at + timedelta(hours=8)
    assert problem.look_at == problem.opened_at + timedelta(hours=3), "then its owner is told that it climbs soon"


def test_what_came_after_a_look_began_is_left_to_the_next_one(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada)
    began = desk.later()
    problem = desk.problem()
    assert routing.fill([desk.team.pk], now=began) == 0
    assert now_is(problem)[0] == "queue"
    assert routing.fill([desk.team.pk], now=desk.later()) == 1
    assert now_is(problem)[0] == "Ada"
