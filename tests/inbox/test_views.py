"""Saved views: a search with a name, each reader's own rows, in an order, counted without walking the table."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from inbox import views
from inbox.desk.save_view import move_view, remove_view, save_view
from inbox.desk.solve import snooze
from inbox.desk.take import take
from inbox.errors import Invalid, NotAllowed
from inbox.lists import next_after, ordered, page_of
from inbox.models import ORDERS, Agent, Conversation, Interval, Membership, Order, Role, SavedView
from inbox.permissions import visible_to
from inbox.views import counts_of, listed, rows_of, views_of
from tests.inbox.desk_of_five import NOW, Desk, browser


def saved(desk: Desk, by: Agent | None = None, **more: Any) -> SavedView:
    whose = {} if "team" in more else {"owner": by or desk.ada}
    values = {"name": "Lamps", "query": "status:open", **whose, **more}
    return save_view(SavedView(**values), by=by or desk.ada, now=desk.later())


def found(view: SavedView, agent: Agent) -> set[int]:
    here = listed(view.value, agent)
    assert here
    return set(rows_of(here, agent).values_list("number", flat=True))


def test_a_view_of_the_team_shows_each_reader_what_he_may_see(desk: Desk) -> None:
    ours, theirs = desk.problem(), desk.problem(channel=desk.channel_elsewhere)
    take(ours, by=desk.ada, now=desk.later())
    Membership.objects.create(agent=desk.max, team=desk.elsewhere, role=Role.AGENT)
    view = saved(desk, by=desk.sam, team=desk.team)
    assert found(view, desk.ada) == {ours.number}
    assert found(view, Agent.objects.get(pk=desk.max.pk)) == {ours.number, theirs.number}
    assert found(saved(desk, by=desk.sam, team=desk.team, query="owner:me"), desk.ada) == {ours.number}
    assert found(saved(desk, by=desk.sam, team=desk.team, query="owner:me"), desk.sam) == set()


def test_a_view_of_ones_own_is_nobody_elses(desk: Desk) -> None:
    view = saved(desk)
    assert listed(view.value, desk.ada)
    assert listed(view.value, desk.sam) is None
    assert browser(desk.sam).get(f"/c/{view.value}/").status_code == 404
    assert browser(desk.sam).get(f"/views/{view.pk}/").status_code == 404


def test_who_is_in_another_team_has_not_the_views_of_this_one(desk: Desk) -> None:
    view = saved(desk, by=desk.sam, team=desk.team)
    assert listed(view.value, desk.kim) is None
    assert [each.pk for each in views_of(desk.ada)] == [view.pk]


@pytest.mark.parametrize("name", ["v", "v0", "v1x", "V1", "v" + "9" * 30, "nonsense"])
def test_what_is_no_name_of_a_list_is_none(desk: Desk, name: str) -> None:
    assert listed(name, desk.ada) is None
    assert browser(desk.ada).get(f"/c/{name}/").status_code == 404


def test_an_agent_makes_none_for_his_team_and_changes_none_of_it(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        saved(desk, team=desk.team)
    with pytest.raises(NotAllowed):
        saved(desk, by=desk.sam, team=desk.elsewhere)
    with pytest.raises(NotAllowed):
        saved(desk, by=desk.sam, owner=desk.ada)
    view = saved(desk, by=desk.sam, team=desk.team)
    for forbidden in (
        lambda: save_view(view, by=desk.ada, now=desk.later()),
        lambda: remove_view(view, by=desk.ada, now=desk.later()),
        lambda: move_view(view, up=True, by=desk.ada),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    mine = saved(desk)
    mine.owner, mine.team = None, desk.team
    with pytest.raises(NotAllowed):
        save_view(mine, by=desk.ada, now=desk.later())


@pytest.mark.parametrize(
    ("more", "said"), [({"query": "before:lately"}, "no date"), ({"query": " "}, "looks for"), ({"name": " "}, "name")]
)
def test_what_could_find_nothing_is_not_kept(desk: Desk, more: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        saved(desk, **more)
    assert not SavedView.objects.exists()


def test_views_change_places_with_their_neighbours_alone(desk: Desk) -> None:
    first, second, third = (saved(desk, name=name) for name in "abc")
    of_team = saved(desk, by=desk.sam, team=desk.team, name="team")
    move_view(third, up=True, by=desk.ada)
    assert [each.name for each in views_of(desk.ada)] == ["a", "c", "b", "team"]
    move_view(first, up=True, by=desk.ada)
    move_view(second, up=False, by=desk.ada)
    move_view(of_team, up=True, by=desk.sam)
    assert [each.name for each in views_of(desk.ada)] == ["a", "c", "b", "team"]
    move_view(first, up=False, by=desk.ada)
    assert [each.name for each in views_of(desk.ada)] == ["c", "a", "b", "team"]


def walk(desk: Desk, order: Order, rows: QuerySet[Conversation] | None = None) -> list[int]:
    after, seen = "", []
    while True:
        here = page_of(visible_to(desk.ada) if rows is None else rows, desk.ada, after, 2, order)
        seen += [row.number for row in here.rows]
        if here.after is None:
            return seen
        after = here.after


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_each_order_meet_without_gap_or_double(desk: Desk, order: Order) -> None:
    made = [desk.problem(f"Lamp {n}") for n in range(7)]
    Conversation.objects.filter(pk__in=[row.pk for row in made]).update(climbs_at=None)
    for row, minutes in zip(made[:5], (30, 10, 20, 20, 40), strict=True):
        Conversation.objects.filter(pk=row.pk).update(climbs_at=desk.later(minutes=minutes))
    Conversation.objects.filter(pk=made[3].pk).update(
        climbs_at=Conversation.objects.get(pk=made[2].pk).climbs_at,
        last_activity_at=Conversation.objects.get(pk=made[2].pk).last_activity_at,
    )
    expected = list(ordered(visible_to(desk.ada), order).values_list("number", flat=True))
    assert walk(desk, order) == expected
    assert len(set(expected)) == 7
    if order == Order.CLIMBS:
        assert set(expected[-2:]) == {made[5].number, made[6].number}
    rows = visible_to(desk.ada)
    following = [next_after(Conversation.objects.get(number=number), rows, order) for number in expected]
    assert following == [*expected[1:], expected[0]]


def test_what_stands_at_the_top_is_there_before_all_that_climbs_the_longest_open_first(desk: Desk) -> None:
    climbs, young, quiet, old, waits = (desk.problem(f"Lamp {n}") for n in range(5))
    desk.answers(waits)
    Conversation.objects.update(climbs_at=None)
    for row, level in ((climbs, 2), (young, 3), (old, 3), (waits, 3)):
        Conversation.objects.filter(pk=row.pk).update(level=level)
        Interval.objects.filter(conversation=row).update(level=level)
    Conversation.objects.filter(pk=climbs.pk).update(climbs_at=desk.later())
    Conversation.objects.filter(pk=old.pk).update(opened_at=young.opened_at - timedelta(days=1))
    assert walk(desk, Order.CLIMBS) == [row.number for row in (old, young, climbs, quiet, waits)]


def test_where_all_is_promised_what_is_broken_stands_first(desk: Desk) -> None:
    now, made = timezone.now(), [desk.problem(f"Lamp {n}") for n in range(6)]
    for row, hours in zip(made, (3, -2, 20, 5, 5, 30), strict=True):
        take(row, by=desk.ada, now=desk.later())
        Conversation.objects.filter(pk=row.pk).update(promise_at=now + timedelta(hours=hours))
    expected = [made[n].number for n in (1, 0, 3, 4, 2)]
    here = listed("promises", desk.ada)
    assert here
    assert (here.order, here.typed) == (Order.PROMISE, "")
    assert walk(desk, here.order, rows_of(here, desk.ada)) == expected
    following = [next_after(Conversation.objects.get(number=n), rows_of(here, desk.ada), here.order) for n in expected]
    assert following == [*expected[1:], expected[0]]
    assert listed("promises~oldest", desk.ada)
    assert listed("open~promise", desk.ada) is None
    answer = browser(desk.ada).post("/lists/order/", {"view": "open", "order": "promise"})
    assert answer.status_code == 400


def test_what_is_put_aside_stands_by_when_it_wakes_along_an_index(desk: Desk) -> None:
    made = [desk.problem(f"Lamp {n}") for n in range(4)]
    for row, hours in zip(made, (3, 1, 2, 2), strict=True):
        snooze(row, by=desk.ada, until=NOW + timedelta(days=1, hours=hours), now=desk.later())
    here = listed("snoozed", desk.ada)
    assert here
    expected = [made[n].number for n in (1, 2, 3, 0)]
    assert walk(desk, here.order, rows_of(here, desk.ada)) == expected
    following = [next_after(Conversation.objects.get(number=n), rows_of(here, desk.ada), here.order) for n in expected]
    assert following == [*expected[1:], expected[0]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        plan = json.dumps(json.loads(ordered(rows_of(here, desk.ada), here.order)[:2].explain(format="json")))
    assert "conversation_wakes" in plan
    assert '"Sort"' not in plan
    assert listed("open~wakes", desk.ada) is None


@pytest.mark.parametrize("order", ORDERS)
def test_each_order_walks_along_an_index(desk: Desk, order: Order) -> None:
    for n in range(3):
        desk.problem(f"Lamp {n}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        rows = ordered(Conversation.objects.filter(state__in=["open", "pending"]), order)[:2]
        plan = json.loads(rows.explain(format="json"))[0]["Plan"]
    assert "Sort" not in json.dumps(plan)


def test_counts_stop_at_the_cap_and_give_up_where_they_take_too_long(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        desk.problem(f"Lamp {n}")
    counted, hidden = saved(desk), saved(desk, counted=False)
    assert counts_of(desk.ada) == {counted.value: 4}
    monkeypatch.setattr(views, "CAP", 3)
    assert counts_of(desk.ada) == {counted.value: 3}
    monkeypatch.setattr(views, "PATIENCE", 20)
    monkeypatch.setattr(views, "matching", lambda agent, _query: visible_to(agent).extra(where=["pg_sleep(1) IS NULL"]))
    assert counts_of(desk.ada) == {}
    monkeypatch.undo()
    assert counts_of(desk.ada) == {counted.value: 4}
    assert hidden.value not in counts_of(desk.ada)


def test_the_rail_counts_it_and_no_page_waits_for_that(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    desk.problem()
    view = saved(desk)
    place = f'href="/c/{view.value}/"'
    ada = browser(desk.ada)
    assert place in ada.get("/c/open/").content.decode()
    browser(desk.ada).get("/rail/")
    ada.post(
        f"/views/{view.pk}/", {"name": "Lamps", "query": "lamp", "whose": "mine", "order": "newest", "counted": "on"}
    )
    shown = ada.get("/rail/").content.decode().split(place)[1].split("</a>")[0]
    assert '<span class="nav-n">1</span>' in shown
    monkeypatch.setattr("inbox.web.frame.counts_of", lambda _agent: pytest.fail("a page counted it"))
    cache.clear()
    assert ada.get("/c/open/").status_code == 200


def test_a_list_shows_what_its_view_says_in_the_order_of_it(desk: Desk) -> None:
    for n in range(3):
        desk.problem(f"Lamp {n}", subject=f"Lamp {n}")
    view = saved(desk, order=Order.OLDEST, facts=["tags"])
    shown = browser(desk.ada).get(f"/c/{view.value}/").content.decode()
    rows = shown.split('<ul class="list">')[1]
    assert rows.index("Lamp 0") < rows.index("Lamp 1") < rows.index("Lamp 2")
    assert f'href="/c/{view.value}/{Conversation.objects.first().number}/"' in rows  # type: ignore[union-attr]  # is there
    assert "to level" not in rows
    assert "<title>Lamps" in shown
    assert browser(desk.ada).get(f"/c/{view.value}/{Conversation.objects.latest('pk').number}/").status_code == 200


def test_it_is_kept_from_a_search_changed_and_removed(desk: Desk) -> None:
    ada, sam = browser(desk.ada), browser(desk.sam)
    assert 'href="/views/new/?q=status%3Aopen"' in ada.get("/search/?q=status:open").content.decode()
    form = {"name": "Open", "query": "status:open", "whose": "mine", "order": "climbs", "facts": ["climb", "tags"]}
    made = ada.post("/views/new/", form)
    view = SavedView.objects.get()
    assert made.headers["Location"] == f"/c/{view.value}/"
    assert (view.owner, view.order, view.facts, view.counted) == (desk.ada, "climbs", ["climb", "tags"], False)
    assert "Team Support" not in ada.get("/views/new/").content.decode()
    assert "Team Support" in sam.get("/views/new/").content.decode()
    refused = ada.post(f"/views/{view.pk}/", form | {"query": "before:lately"}).content.decode()
    assert "no date" in refused
    ada.post(f"/views/{view.pk}/", form | {"query": "tag:lamp"})
    view.refresh_from_db()
    assert view.query == "tag:lamp"
    assert sam.post(f"/views/{view.pk}/remove/").status_code == 404
    ada.post(f"/views/{view.pk}/move/", {"up": ""})
    ada.post(f"/views/{view.pk}/remove/")
    assert not SavedView.objects.exists()
