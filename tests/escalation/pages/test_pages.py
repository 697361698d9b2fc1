"""The pages of policies, rules, plans, topics, boards and promises, for those who may and for those who may not."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from escalation.board import work_of
from escalation.informing import written
from escalation.models import Acknowledgement, Clock, Cover, Policy, Promise, Rule, Step
from inbox.desk.solve import solve
from inbox.desk.take import take
from inbox.models import Agent, Channel, Conversation, Customer, Membership, Plan, Role, Topic
from tests.escalation.ladder_of_three import Ladder, now_is
from tests.escalation.plans import needs
from tests.inbox.desk_of_five import browser

PLACES = {
    "/board/": "sam max",
    "/must-be-solved/": "ada sam max",
    "/service/": "sam max",
    "/service/rules/new/": "sam max",
    "/service/topics/new/": "sam max",
    "/service/policies/new/": "max",
    "/service/plans/new/": "max",
    "/notices/": "ada sam max kim",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["ada", "sam", "max", "kim"])
def test_a_place_is_for_those_who_may(ladder: Ladder, place: str, name: str) -> None:
    answer = browser(getattr(ladder.desk, name)).get(place)
    assert answer.status_code == (200 if name in PLACES[place].split() else 403)


def of_steps(*steps: Mapping[str, object], old: int = 0) -> dict[str, object]:
    """The fields of a form with these steps."""
    fields: dict[str, object] = {
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": old,
        "steps-MIN_NUM_FORMS": 0,
        "steps-MAX_NUM_FORMS": 1000,
    }
    for place, step in enumerate(steps):
        fields |= {f"steps-{place}-{name}": value for name, value in step.items()}
    return fields


POLICY = {"name": "Strict", "is_on": "on", "position": 0, "clock": "calendar", "update_after": "8"}


def test_a_policy_is_made_with_its_steps(ladder: Ladder) -> None:
    step = {"is_on": "on", "after": "1,5", "level": "2", "target": "level"}
    answer = browser(ladder.desk.max).post("/service/policies/new/", {**POLICY, **of_steps(step)})
    assert answer.status_code == 302
    policy = Policy.objects.get(name="Strict")
    assert [(s.level, s.after) for s in policy.steps.all()] == [(2, timedelta(hours=1.5))]


def test_what_would_climb_at_once_is_shown_first_and_done_after_a_word(ladder: Ladder) -> None:
    problem = ladder.desk.problem()
    step = {"is_on": "on", "after": "0.1", "level": "", "target": "level"}
    fields = {**POLICY, **of_steps(step)}
    answer = browser(ladder.desk.max).post("/service/policies/new/", fields)
    assert answer.status_code == 409
    assert problem.label in answer.content.decode()
    assert not Policy.objects.filter(name="Strict").exists()
    answer = browser(ladder.desk.max).post("/service/policies/new/", {**fields, "confirm": "1"})
    assert answer.status_code == 302
    ladder.sweep()
    ladder.sweep(hours=1)
    assert now_is(problem) == ("Max", 3)


@pytest.mark.parametrize("after", ["", "soon", "-1", "1e9"])
def test_a_step_without_a_time_is_refused(ladder: Ladder, after: str) -> None:
    step = {"is_on": "on", "after": after, "level": "2", "target": "level"}
    answer = browser(ladder.desk.max).post("/service/policies/new/", {**POLICY, **of_steps(step)})
    assert answer.status_code == 200 or not Step.objects.filter(policy__name="Strict").exists()


def test_a_policy_is_changed_and_removed(ladder: Ladder) -> None:
    policy = ladder.policy((3, 20))
    step = policy.steps.get()
    fields = {"id": step.pk, "is_on": "on", "after": "10", "level": "3", "target": "level"}
    client = browser(ladder.desk.max)
    assert client.get(f"/service/policies/{policy.pk}/").status_code == 200
    client.post(f"/service/policies/{policy.pk}/", {**POLICY, **of_steps(fields, old=1)})
    step.refresh_from_db()
    assert step.after == timedelta(hours=10)
    client.post(f"/service/policies/{policy.pk}/", {"remove": "1"})
    assert not Policy.objects.exists()


def test_what_would_climb_because_a_policy_is_removed_is_shown_first_too(ladder: Ladder) -> None:
    loose = ladder.policy(name="Loose")
    ladder.policy((3, 4), name="Other")
    problem = ladder.desk.problem()
    place, client = f"/service/policies/{loose.pk}/", browser(ladder.desk.max)
    answer = client.post(place, {**POLICY, **of_steps(), "remove": "1"})
    assert answer.status_code == 409
    assert problem.label in answer.content.decode()
    assert 'name="remove" value="confirmed"' in answer.content.decode()
    assert Policy.objects.filter(name="Loose").exists()
    assert client.post(place, {"remove": "confirmed"}).status_code == 302
    assert not Policy.objects.filter(name="Loose").exists()


def test_what_would_climb_because_a_plan_gets_another_policy_is_shown_first(ladder: Ladder) -> None:
    gold = Plan.objects.create(name="Gold")
    ladder.policy((3, 4), name="Strict").plans.add(Plan.objects.create(name="Other"))
    problem = ladder.desk.problem()
    Customer.objects.update(plan=gold)
    fields = {"name": "Gold", "weight": 1, "policy": Policy.objects.get().pk}
    place, client = f"/service/plans/{gold.pk}/", browser(ladder.desk.max)
    answer = client.post(place, fields)
    assert answer.status_code == 409
    assert problem.label in answer.content.decode()
    assert not gold.policies.exists()
    assert client.post(place, {**fields, "confirm": "confirmed"}).status_code == 302
    assert gold.policies.exists()


def test_what_would_climb_because_a_plan_or_a_topic_is_removed_is_shown_first(ladder: Ladder) -> None:
    gold, other = Plan.objects.create(name="Gold"), Plan.objects.create(name="Other")
    returns, bills = Topic.objects.create(name="Returns"), Topic.objects.create(name="Bills")
    patient = ladder.policy(name="Patient")
    patient.plans.add(gold, other)
    patient.topics.add(returns, bills)
    ladder.policy((3, 4), name="Strict")
    problem = ladder.desk.problem()
    Conversation.objects.update(topic=returns)
    Customer.objects.update(plan=gold)
    manager, supervisor = browser(ladder.desk.max), browser(ladder.desk.sam)
    answer = manager.post(f"/service/plans/{gold.pk}/", {"remove": "1"})
    assert (answer.status_code, problem.label in answer.content.decode()) == (409, True)
    answer = supervisor.post(f"/service/topics/{returns.pk}/", {"remove": "1"})
    assert (answer.status_code, "A manager has to confirm it." in answer.content.decode()) == (409, True)
    assert supervisor.post(f"/service/topics/{returns.pk}/", {"remove": "confirmed"}).status_code == 403
    assert manager.post(f"/service/topics/{returns.pk}/", {"remove": "confirmed"}).status_code == 302
    assert not Topic.objects.filter(name="Returns").exists()


def test_what_would_climb_because_a_team_works_longer_is_shown_first(ladder: Ladder) -> None:
    ladder.policy((3, 3), clock=Clock.WORKING)
    needs(ladder.desk.team, "09:00", "09:01", days="1")
    problem, place = ladder.desk.problem(), f"/shifts/teams/{ladder.desk.team.pk}/"
    always = {"zone": "UTC", "country": "", "subdivision": "", **{f"day_{day}": "0-24" for day in range(1, 8)}}
    supervisor, manager = browser(ladder.desk.sam), browser(ladder.desk.max)
    answer = supervisor.post(place, {**always, "confirm": "confirmed"})
    assert (answer.status_code, "A manager has to confirm it." in answer.content.decode()) == (409, True)
    assert problem.label in answer.content.decode()
    assert Cover.objects.count() == 1
    assert manager.post(place, always).status_code == 409
    assert manager.post(place, {**always, "confirm": "confirmed"}).status_code == 302
    assert Cover.objects.count() == 7


def test_what_would_climb_because_a_customer_gets_a_plan_is_shown_first(ladder: Ladder) -> None:
    gold = Plan.objects.create(name="Gold")
    ladder.policy((3, 4), name="For Gold").plans.add(gold)
    problem, client = ladder.desk.problem(), browser(ladder.desk.max)
    place = f"/service/customers/{problem.customer.number}/plan/"
    answer = client.post(place, {"plan": gold.pk})
    assert answer.status_code == 409
    assert problem.label in answer.content.decode()
    assert not Customer.objects.filter(plan=gold).exists()
    assert client.post(place, {"plan": gold.pk, "confirm": "confirmed"}).status_code == 302
    assert Customer.objects.get(pk=problem.customer.pk).plan == gold
    assert client.post(place, {"plan": ""}).status_code == 302  # nothing climbs for that
    assert not Customer.objects.filter(plan=gold).exists()


RULE = {"name": "Refunds", "is_on": "on", "words": "refund\nвозврат", "priority": "2", "tags": "money"}


def test_a_rule_is_tried_then_made_then_asked(ladder: Ladder) -> None:
    old = ladder.desk.problem("I want a refund.")
    client = browser(ladder.desk.sam)
    tried = client.post("/service/rules/new/", {**RULE, "try": "1"})
    assert old.label in tried.content.decode()
    assert "1 of the last 1 conversations" in " ".join(tried.content.decode().split())
    assert not Rule.objects.exists()
    client.post("/service/rules/new/", RULE)
    new = ladder.desk.problem("Where is my refund?", subject="Money")
    ladder.sweep()
    new.refresh_from_db()
    old.refresh_from_db()
    assert (new.priority, new.tags) == (2, ["money"])
    assert old.tags == ["money"]  # it was not looked at before the rule was there


def test_a_rule_without_actions_or_with_half_a_time_is_refused(ladder: Ladder) -> None:
    client = browser(ladder.desk.sam)
    client.post("/service/rules/new/", {"name": "Nothing", "is_on": "on", "words": "x"})
    client.post("/service/rules/new/", {**RULE, "starts": "09:00"})
    client.post("/service/rules/new/", {**RULE, "customers": "carla"})
    assert not Rule.objects.exists()


def test_rules_are_ordered_and_switched_off(ladder: Ladder) -> None:
    client = browser(ladder.desk.sam)
    for name in ("one", "two", "three"):
        client.post("/service/rules/new/", {**RULE, "name": name})
    last = Rule.objects.get(name="three")
    client.post(f"/service/rules/{last.pk}/act/", {"what": "up"})
    assert [rule.name for rule in Rule.objects.all()] == ["one", "three", "two"]
    client.post(f"/service/rules/{last.pk}/act/", {"what": "off"})
    client.post(f"/service/rules/{Rule.objects.get(name='one').pk}/act/", {"what": "remove"})
    assert [(rule.name, rule.is_on) for rule in Rule.objects.all()] == [("three", False), ("two", True)]
    page = client.get(f"/service/rules/{last.pk}/").content.decode()
    assert "возврат" in page


def test_a_plan_names_no_policy_that_is_for_everybody(ladder: Ladder) -> None:
    ladder.policy((None, 20), name="For all")
    client = browser(ladder.desk.max)
    plan = {"name": "Gold", "weight": 1, "policy": Policy.objects.get().pk}
    assert client.post("/service/plans/new/", plan).status_code == 200
    assert not Plan.objects.exists()
    problem = ladder.desk.problem()
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.climbs_at


def test_what_is_for_a_plan_alone_counts_before_what_fits_everything(ladder: Ladder) -> None:
    ladder.policy((None, 20), name="20 hours")
    ladder.policy((None, 4), name="Strict").plans.add(gold := Plan.objects.create(name="Gold"))
    ladder.policy((None, 9), name="Never asked")
    problem = ladder.desk.problem()
    Customer.objects.update(plan=gold)
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.climbs_at == problem.opened_at + timedelta(hours=4)
    page = browser(ladder.desk.max).get("/service/").content.decode()
    assert page.count("never counts") == 1
    assert page.index("Strict") < page.index("20 hours") < page.index("Never asked") < page.index("never counts")
    assert "lets everything climb" not in page
    Policy.objects.exclude(name="Strict").update(is_on=False)
    assert "lets everything climb" in browser(ladder.desk.max).get("/service/").content.decode()


def test_what_has_no_step_in_use_is_said_to_hold_back_what_it_fits(ladder: Ladder) -> None:
    whole = ladder.policy((None, 20), name="20 hours")
    ladder.policy(name="No step").plans.add(Plan.objects.create(name="Gold"))
    page = browser(ladder.desk.max).get("/service/").content.decode()
    assert page.count("never climbs") == 1
    assert "lets everything climb" not in page
    Step.objects.filter(policy=whole).update(is_on=False)
    assert "lets everything climb" in browser(ladder.desk.max).get("/service/").content.decode()


def test_a_plan_and_a_topic_are_made(ladder: Ladder) -> None:
    policy = ladder.policy((3, 20))
    policy.plans.add(Plan.objects.create(name="Silver"))
    client = browser(ladder.desk.max)
    plan = {"name": "Gold", "weight": 3, "answer_within": "2", "manager": ladder.desk.sam.pk, "policy": policy.pk}
    client.post("/service/plans/new/", plan)
    made = Plan.objects.get(name="Gold")
    assert (made.weight, made.answer_within, made.manager) == (3, timedelta(hours=2), ladder.desk.sam)
    assert made in policy.plans.all()
    client.post("/service/topics/new/", {"name": "Returns", "collect": "order number\nphoto\n\nphoto"})
    assert Topic.objects.get().collect == ["order number", "photo"]
    page = client.get("/service/").content.decode()
    assert "Gold" in page
    assert "order number, photo" in page


def test_a_policy_for_one_plan_alone_does_not_become_one_for_all_by_the_way(ladder: Ladder) -> None:
    gold = Plan.objects.create(name="Gold")
    ladder.policy((None, 4), name="For Gold").plans.add(gold)
    client = browser(ladder.desk.max)
    for fields in ({"name": "Gold", "weight": 1, "policy": ""}, {"remove": "1"}):
        page = client.post(f"/service/plans/{gold.pk}/", fields).content.decode()
        assert "For Gold" in page
        assert list(Policy.objects.get(name="For Gold").plans.all()) == [gold]


def test_an_acknowledgement_needs_words(ladder: Ladder) -> None:
    channel = Channel.objects.get(pk=ladder.desk.channel.pk)
    client = browser(ladder.desk.max)
    client.post(f"/service/channels/{channel.pk}/", {"is_on": "on", "words": "", "weight": 1})
    assert not Acknowledgement.objects.exists()
    client.post(f"/service/channels/{channel.pk}/", {"is_on": "on", "words": "Hello {number}", "weight": 3})
    channel.refresh_from_db()
    assert (Acknowledgement.objects.get().is_on, channel.weight) == (True, 3)


def test_words_that_go_out_by_themselves_are_judged_when_they_are_saved(ladder: Ladder) -> None:
    client, policy = browser(ladder.desk.max), ladder.policy((None, 20))
    acknowledgement = {"is_on": "on", "words": "In a hurry? Call our hotline.", "weight": 1}
    steps = {"steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0}
    told = {"name": "Told", "position": 0, "clock": "calendar", "tells_customer": "on", **steps}
    for path, fields in (
        (f"/service/channels/{ladder.desk.channel.pk}/", acknowledgement),
        (f"/service/policies/{policy.pk}/", {**told, "words_ru": "Позвоните на горячую линию."}),
    ):
        assert "Do not send him elsewhere." in client.post(path, fields).content.decode()
    assert not Acknowledgement.objects.exists()
    assert not Policy.objects.filter(tells_customer=True).exists()


def test_the_board_shows_who_has_how_much_and_what_has_climbed(ladder: Ladder) -> None:
    ladder.policy((2, 4))
    problem = ladder.desk.problem()
    take(problem, by=ladder.desk.ada, now=ladder.desk.later())
    ladder.desk.problem("Another", subject="Another lamp")
    ladder.sweep(hours=5)
    page = browser(ladder.desk.sam).get("/board/").content.decode()
    assert problem.subject in page
    assert "Another lamp" in page


def test_who_is_an_admin_as_well_is_on_the_board_and_work_elsewhere_is_not(ladder: Ladder) -> None:
    desk = ladder.desk
    Membership.objects.create(agent=desk.ada, team=None, role=Role.ADMIN)
    Membership.objects.create(agent=desk.ada, team=desk.elsewhere, role=Role.AGENT)
    here, there = desk.problem(), desk.problem("A cup", channel=desk.channel_elsewhere)
    for problem in (here, there):
        take(problem, by=desk.ada, now=desk.later())
    ada = next(w for w in work_of(desk.team, desk.clock, desk.clock) if w.agent == desk.ada)
    assert (ada.open, ada.oldest, ada.load) == (1, here.number, 2), "what she may be given counts all of it"
    for problem in (here, there):
        solve(problem, by=desk.ada, now=desk.later())
    ada = next(w for w in work_of(desk.team, desk.clock, here.opened_at) if w.agent == desk.ada)
    assert (ada.open, ada.oldest, ada.solved_today) == (0, None, 1)


def test_a_long_list_on_the_board_says_that_there_is_more(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("escalation.board.CAP", 2)
    monkeypatch.setattr("inbox.web.tags.CAP", 2)
    for number in range(3):
        ladder.desk.problem(f"Lamp {number}", subject=f"Lamp {number}")
    page = browser(ladder.desk.sam).get("/board/").content.decode()
    assert "Queue <span>1+</span>" in page


def test_all_that_must_be_solved_is_shown_page_by_page(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("escalation.board.PAGE", 2)
    ladder.policy((3, 20))
    problems = [ladder.desk.problem(f"Lamp {number}", subject=f"Lamp {number}") for number in range(5)]
    ladder.sweep(hours=30)
    client, path, seen = browser(ladder.desk.max), "/must-be-solved/", []
    while path:
        page = client.get(path).content.decode()
        seen += [problem for problem in problems if f'href="/c/open/{problem.number}/"' in page]
        more = re.search(r'href="(\?after=\d+)"', page)
        path = f"/must-be-solved/{more[1]}" if more else ""
    assert seen == problems
    assert client.get("/must-be-solved/?after=x").status_code == 200


def test_a_capacity_is_set_by_who_watches_over_the_team(ladder: Ladder) -> None:
    ada = ladder.desk.ada
    browser(ladder.desk.sam).post(f"/board/capacity/{ada.pk}/", {"capacity": 5, "reserved": 2})
    ada.refresh_from_db()
    assert (ada.capacity, ada.reserved) == (5, 2)
    assert (
        browser(ladder.desk.sam).post(f"/board/capacity/{ada.pk}/", {"capacity": 1, "reserved": 2}).status_code == 200
    )
    assert browser(ada).get(f"/board/capacity/{ada.pk}/").status_code == 404
    assert Agent.objects.get(pk=ada.pk).capacity == 5


def test_a_promise_is_made_in_one_click_and_shown(ladder: Ladder) -> None:
    problem = ladder.desk.problem()
    client: Client = browser(ladder.desk.ada)
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert client.get(f"/promises/{problem.number}/").status_code == 200
    assert client.post(f"/promises/{problem.number}/", {"until": tomorrow}).status_code == 200
    assert client.post(f"/promises/{problem.number}/", {"until": "2020-01-01T10:00"}).status_code == 400
    assert client.post(f"/promises/{problem.number}/", {"until": "soon"}).status_code == 400
    assert client.post(f"/promises/{problem.number}/", {"until": "9999-12-31T23:59-12:00"}).status_code == 400
    problem.refresh_from_db()
    assert problem.promise_at == Promise.objects.get().due_at
    assert browser(ladder.desk.kim).get(f"/promises/{problem.number}/").status_code == 404


def test_a_promise_of_which_he_was_not_told_has_words_to_tell_of_it(ladder: Ladder) -> None:
    problem = ladder.desk.problem()
    client = browser(ladder.desk.ada)
    page = f"/promises/{problem.number}/"
    assert "tells-" not in client.get(page).content.decode()
    client.post(page, {"until": (timezone.now() + timedelta(days=1)).isoformat()})
    telling = f"You will hear from us by {written(problem, Promise.objects.get().due_at)}."
    assert telling in client.get(page).content.decode()
    ladder.desk.answers(problem, telling, then="open")
    assert "tells-" not in client.get(page).content.decode()


def test_notices_are_there_until_they_are_seen(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    problem = ladder.desk.problem()
    ladder.sweep(hours=21)
    client = browser(ladder.desk.max)
    assert "Notices, not seen" in client.get("/must-be-solved/").content.decode()
    assert problem.label in client.get("/notices/").content.decode()
    client.post("/notices/")
    assert "Notices, not seen" not in client.get("/must-be-solved/").content.decode()


def test_a_supervisor_sees_what_each_has_in_hand_and_what_is_oldest(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.policy((2, 10))
    old, new = desk.problem("The first lamp"), desk.problem("The second lamp")
    for problem in (old, new):
        take(problem, by=desk.ada, now=desk.later())
    board = browser(desk.sam).get("/board/").content.decode()
    assert f'href="/board/{desk.team.pk}/people/{desk.ada.pk}/"' in board
    assert f'href="/c/open/{old.number}/"' in board
    assert f'href="/c/open/{new.number}/"' not in board
    page = browser(desk.sam).get(f"/board/{desk.team.pk}/people/{desk.ada.pk}/").content.decode()
    assert page.count(f'action="/c/open/{new.number}/take-over/"') == 2
    assert page.index(f"/c/open/{old.number}/") < page.index(f"/c/open/{new.number}/")


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("sam", 200), ("max", 200), ("kim", 403)])
def test_what_a_colleague_has_in_hand_is_for_who_watches_over_his_team(ladder: Ladder, name: str, status: int) -> None:
    desk = ladder.desk
    page = f"/board/{desk.team.pk}/people/{desk.ada.pk}/"
    assert browser(getattr(desk, name)).get(page).status_code == status


def test_of_a_team_he_does_not_watch_over_he_sees_nothing(ladder: Ladder) -> None:
    desk = ladder.desk
    assert browser(desk.sam).get(f"/board/{desk.elsewhere.pk}/people/{desk.kim.pk}/").status_code == 404
    assert browser(desk.sam).get(f"/board/{desk.team.pk}/people/{desk.kim.pk}/").status_code == 404


def test_what_stands_on_the_top_is_taken_over_only_by_who_holds_that(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.policy((3, 20))
    problem = desk.problem()
    ladder.sweep(hours=21)
    page, take_over = f"/board/{desk.team.pk}/people/{desk.max.pk}/", f"/c/open/{problem.number}/take-over/"
    assert f"/c/open/{problem.number}/" in browser(desk.sam).get(page).content.decode()
    assert take_over not in browser(desk.sam).get(page).content.decode()


def test_words_for_customers_begin_in_both_languages(ladder: Ladder) -> None:
    max_ = browser(ladder.desk.max)
    for page in ("/service/policies/new/", f"/service/channels/{ladder.desk.channel.pk}/"):
        form = max_.get(page).context["form"]
        assert "{number}" in form["words"].value()
        assert "{number}" in form["words_ru"].value()
        assert form["words"].value() != form["words_ru"].value()


def test_what_several_may_be_ticked_of_is_one_group_with_its_name(ladder: Ladder) -> None:
    said = browser(ladder.desk.max).get("/service/rules/new/").content.decode()
    assert re.search(r'<fieldset[^>]*>\s*<legend class="label">Channels</legend>\s*<label class="check"><input', said)
