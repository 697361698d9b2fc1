"""People come, change, and go; their work never goes with them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from inbox.database import direct_connection
from inbox.desk import links, people
from inbox.desk.ownership import hand, locked, responsible_for
from inbox.desk.people import change_agent, make_agent, set_roles, switch_off, switch_on
from inbox.desk.solve import solve, wait_for_customer
from inbox.desk.take import take
from inbox.desk.teams import set_level
from inbox.errors import AlreadyDone, Invalid, NotAllowed, NotFound, StillInCharge
from inbox.models import Agent, ApiToken, Cause, Conversation, Membership, Role, State
from inbox.permissions import visible_to
from tests.inbox.desk_of_five import NOW, Desk, browser, history, program
from tests.inbox.parallel import at_once


def test_switching_off_gives_all_open_and_waiting_work_to_the_queue_at_once(desk: Desk) -> None:
    open_one, waiting, free = (desk.problem(text=text) for text in ("One", "Two", "Three"))
    for conversation in (open_one, waiting):
        take(conversation, by=desk.ada, now=desk.later())
    wait_for_customer(waiting, by=desk.ada, now=desk.later())
    assert switch_off(desk.ada, by=desk.kim, now=desk.later()) == 2
    for conversation in (open_one, waiting, free):
        conversation.refresh_from_db()
        assert conversation.owner is None
        assert responsible_for(conversation, desk.clock) == desk.sam
    assert waiting.state == State.PENDING
    assert history(open_one)[-2:] == [("Ada", "routed", "absence"), ("queue", "absence", "")]


def test_what_is_solved_stays_his(desk: Desk) -> None:
    conversation = desk.problem()
    desk.answers(conversation, then=State.SOLVED)
    assert switch_off(desk.ada, by=desk.kim, now=desk.later()) == 0
    assert Conversation.objects.get().owner == desk.ada


def test_switching_off_ends_sessions_and_tokens_and_links(desk: Desk) -> None:
    page, tool = browser(desk.ada), program(desk.ada)
    secret = links.invite(desk.ada, by=desk.kim, now=NOW)
    assert page.get("/c/mine/").status_code == tool.get("/api/v1/session/").status_code == 200
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    assert page.get("/c/mine/").status_code == 302
    assert tool.get("/api/v1/session/").status_code == 401
    assert not ApiToken.objects.exists()
    with pytest.raises(NotFound):
        links.use(secret, now=NOW)


def test_who_is_switched_off_sees_nothing_even_with_a_stale_row(desk: Desk) -> None:
    desk.problem()
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    assert not visible_to(Agent.objects.get(pk=desk.ada.pk)).exists()


def test_switched_on_again_he_works_but_his_old_session_does_not(desk: Desk) -> None:
    page = browser(desk.ada)
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    switch_on(desk.ada, by=desk.kim, now=desk.later())
    assert page.get("/c/mine/").status_code == 302
    assert browser(Agent.objects.get(pk=desk.ada.pk)).get("/c/mine/").status_code == 200


@pytest.mark.parametrize("name", ["sam", "kim"])
def test_who_is_in_charge_is_not_switched_off(desk: Desk, name: str) -> None:
    with pytest.raises(StillInCharge):
        switch_off(getattr(desk, name), by=desk.kim, now=desk.later())


@pytest.mark.parametrize("deputy", [False, True])
def test_who_holds_a_level_is_not_switched_off(desk: Desk, deputy: bool) -> None:
    holder, other = (desk.max, desk.ada) if deputy else (desk.ada, desk.max)
    set_level(1, name="Front line", holder=holder, deputy=other, by=desk.kim, now=desk.later())
    with pytest.raises(StillInCharge):
        switch_off(desk.ada, by=desk.kim, now=desk.later())


def test_he_is_switched_off_once(desk: Desk) -> None:
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    with pytest.raises(AlreadyDone):
        switch_off(desk.ada, by=desk.kim, now=desk.later())
    switch_on(desk.ada, by=desk.kim, now=desk.later())
    with pytest.raises(AlreadyDone):
        switch_on(desk.ada, by=desk.kim, now=desk.later())


def test_an_account_begins_without_a_password(desk: Desk) -> None:
    made = make_agent(name=" Carla ", email=" Carla@Example.com ", by=desk.kim, now=desk.later())
    assert (made.name, made.email, made.has_usable_password()) == ("Carla", "carla@example.com", False)


def test_one_address_is_one_person(desk: Desk) -> None:
    with pytest.raises(Invalid):
        make_agent(name="Ada", email="ADA@example.com", by=desk.kim, now=desk.later())
    with pytest.raises(Invalid):
        change_agent(desk.sam, name="Sam", email="ada@example.com", by=desk.kim, now=desk.later())
    change_agent(desk.sam, name="Samuel", email="sam@example.com", by=desk.kim, now=desk.later())
    assert Agent.objects.get(pk=desk.sam.pk).name == "Samuel"


def test_roles_count_from_now_on(desk: Desk) -> None:
    set_roles(desk.ada, [(Role.SUPERVISOR, desk.elsewhere)], by=desk.kim, now=desk.later())
    assert [(m.role, m.team) for m in Membership.objects.filter(agent=desk.ada)] == [("supervisor", desk.elsewhere)]


def test_the_last_admin_stays_admin(desk: Desk) -> None:
    with pytest.raises(StillInCharge):
        set_roles(desk.kim, [], by=desk.kim, now=desk.later())
    set_roles(desk.max, [(Role.ADMIN, None)], by=desk.kim, now=desk.later())
    set_roles(desk.kim, [], by=desk.kim, now=desk.later())
    assert not Membership.objects.filter(agent=desk.kim).exists()


@pytest.mark.parametrize("name", ["ada", "sam", "max"])
def test_only_an_admin_runs_people(desk: Desk, name: str) -> None:
    by = getattr(desk, name)
    with pytest.raises(NotAllowed):
        make_agent(name="Carla", email="carla@example.com", by=by, now=NOW)
    with pytest.raises(NotAllowed):
        switch_off(desk.ada, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        set_roles(by, [(Role.ADMIN, None)], by=by, now=NOW)
    with pytest.raises(NotAllowed):
        links.invite(desk.ada, by=by, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_who_takes_something_while_he_is_switched_off_does_not_keep_it(desk: Desk) -> None:
    for n in range(8):
        conversation = desk.problem(f"Problem {n}")
        ada = Agent.objects.get(pk=desk.ada.pk)
        now = desk.later()
        jobs: list[Callable[[], object]] = [
            partial(take, conversation, by=ada, now=now),
            partial(switch_off, ada, by=desk.kim, now=now),
        ]
        at_once(jobs)
        assert not Conversation.objects.filter(owner__is_active=False).exclude(state=State.SOLVED).exists()
        switch_on(ada, by=desk.kim, now=desk.later())


# -- links that work once


def test_a_link_works_once(desk: Desk) -> None:
    secret = links.invite(desk.ada, by=desk.kim, now=NOW)
    assert links.look(secret, now=NOW).agent == desk.ada
    assert links.use(secret, now=NOW).agent == desk.ada
    for way in (links.look, links.use):
        with pytest.raises(NotFound):
            way(secret, now=NOW)


def test_a_link_ends(desk: Desk) -> None:
    secret = links.invite(desk.ada, by=desk.kim, now=NOW)
    links.look(secret, now=NOW + timedelta(hours=71, minutes=59))
    with pytest.raises(NotFound):
        links.use(secret, now=NOW + timedelta(hours=72))


def test_a_new_link_ends_the_one_before(desk: Desk) -> None:
    old = links.invite(desk.ada, by=desk.kim, now=NOW)
    links.use(links.invite(desk.ada, by=desk.kim, now=NOW), now=NOW)
    with pytest.raises(NotFound):
        links.use(old, now=NOW)


def test_an_invented_link_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        links.look("invented", now=NOW)


def test_the_database_does_not_know_the_secret_of_a_link(desk: Desk) -> None:
    secret = links.invite(desk.ada, by=desk.kim, now=NOW)
    assert secret not in str(desk.ada.links.values().get())


def test_what_was_passed_on_or_solved_meanwhile_stays_as_it_is_now(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, passed, done = (desk.problem(text=text) for text in ("One", "Two", "Three"))
    for conversation in (first, passed, done):
        take(conversation, by=desk.ada, now=desk.later())

    def meanwhile(conversation: Conversation) -> Conversation:
        if conversation == first:
            hand(locked(passed), now=desk.later(), cause=Cause.PASSED_ON, owner=desk.sam, by=desk.ada)
            solve(done, by=desk.ada, now=desk.later())
        return locked(conversation)

    monkeypatch.setattr(people, "locked", meanwhile)
    assert switch_off(desk.ada, by=desk.kim, now=desk.later()) == 1
    for conversation in (first, passed, done):
        conversation.refresh_from_db()
    assert (first.owner, passed.owner, done.owner, done.state) == (None, desk.sam, desk.ada, State.SOLVED)


@pytest.mark.django_db(transaction=True)
def test_who_is_being_switched_off_may_be_named_meanwhile_by_what_is_written(desk: Desk) -> None:
    """An answer holds its conversation and names its author: it must not wait for who waits for that conversation."""
    with direct_connection() as other, other.transaction():
        other.execute("SELECT FROM inbox_agent WHERE id = %s FOR KEY SHARE", [desk.ada.pk])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            switch_off(desk.ada, by=desk.kim, now=desk.later())
