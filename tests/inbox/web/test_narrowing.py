"""The head of a list: whose turn it is, what stands first, what it is narrowed by; all of it has an address."""

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from inbox.desk.drafts import keep
from inbox.desk.save_view import save_view
from inbox.desk.solve import snooze
from inbox.desk.take import take
from inbox.lists import ordered
from inbox.models import Agent, Conversation, Mode, Order, SavedView, State
from inbox.views import listed, rows_of
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.test_lists import parts


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-row="(\d+)"', page)]


def seen(desk: Desk, address: str, by: Agent | None = None) -> str:
    answer = browser(by or desk.ada).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def three(desk: Desk) -> tuple[Conversation, Conversation, Conversation]:
    """Of ada's own: one that needs us, one that waits, one that is solved."""
    open_, waits, done = (desk.problem(text) for text in ("open", "waits", "done"))
    for each in (open_, waits, done):
        take(each, by=desk.ada, now=desk.later())
    desk.answers(waits)
    desk.answers(done, then=State.SOLVED)
    desk.problem("of nobody")
    return open_, waits, done


def test_ones_own_are_parted_by_whose_turn_it_is(desk: Desk, three: tuple[Conversation, ...]) -> None:
    page = seen(desk, "/c/mine/")
    assert re.search(r'href="/c/mine/" aria-current="true">\s*Need us <span class="quiet">1</span>', page)
    assert re.search(r'href="/c/mine~pending/">\s*Wait for customer <span class="quiet">1</span>', page)
    assert re.search(r'href="/c/mine~solved/">\s*Solved\s*<', page)
    for address, each in zip(("mine", "mine~pending", "mine~solved"), three, strict=True):
        page = seen(desk, f"/c/{address}/")
        assert shown(page) == [each.number]
        assert f'href="/c/{address}/{each.number}/"' in page
        assert re.search(r'href="/c/mine/" data-place="mine"\s+aria-current="page"', page)
    assert shown(seen(desk, "/c/mine~open/")) == [three[0].number]
    assert "Need us" not in seen(desk, "/c/queue/")
    assert re.search(r'href="/c/pending/" aria-current="true">\s*Wait', seen(desk, "/c/pending/"))


def test_a_list_is_put_in_an_order_that_stays_and_has_an_address(desk: Desk) -> None:
    early, late = desk.problem("early"), desk.problem("late")
    ada = browser(desk.ada)
    assert shown(seen(desk, "/c/open/")) == [late.number, early.number]
    assert shown(seen(desk, "/c/open~oldest/")) == [early.number, late.number]
    assert shown(seen(desk, "/c/open/")) == [late.number, early.number]  # looking at one changes nothing
    answer = ada.post("/lists/order/", {"view": "open~tag:x", "order": "oldest"})
    assert answer.headers["Location"] == "/c/open~oldest~tag:x/"
    assert shown(seen(desk, "/c/open/")) == [early.number, late.number]
    assert shown(seen(desk, "/c/open~newest/")) == [late.number, early.number]
    assert shown(seen(desk, "/c/queue/")) == [late.number, early.number]
    ada.put("/me/panes/?list=20&side=20")
    assert shown(seen(desk, "/c/open/")) == [early.number, late.number]
    assert shown(seen(desk, "/c/open/", desk.sam)) == [late.number, early.number]
    assert ada.post("/lists/order/", {"view": "open", "order": "random"}).status_code == 400
    assert "What climbs first" not in seen(desk, "/c/solved/")


def test_a_list_is_narrowed_by_a_form_whose_answer_has_an_address(desk: Desk) -> None:
    lamp, other = desk.problem("lamp"), desk.problem("other")
    Conversation.objects.filter(pk=lamp.pk).update(tags=["50%/a~b"])
    ada = browser(desk.ada)
    answer = ada.get("/lists/narrow/", {"view": "open~oldest", "channel": "email", "tag": "#50%/a~b"})
    page = ada.get(answer.headers["Location"]).content.decode()
    assert shown(page) == [lamp.number]
    assert "#50%/a~b" in page
    here = listed("open~oldest~channel:email~tag:50%25%2Fa%7Eb", desk.ada)
    assert here
    assert list(rows_of(here, desk.ada)) == [lamp]
    without = page.split('title="Show all again"')[1].split('href="')[-1].split('"')[0]
    assert without == "/c/open~oldest~channel:email/"
    assert shown(seen(desk, without)) == [lamp.number, other.number]
    assert shown(seen(desk, "/c/open~channel:facebook/")) == []
    assert "Nothing here has that." in seen(desk, "/c/open~channel:facebook/")
    assert 'value="50%/a~b"' in seen(desk, f"/lists/menu/?view={here.value.replace('%', '%25')}")


def test_a_list_is_narrowed_to_what_one_is_writing_and_what_was_promised(desk: Desk) -> None:
    drafted, promised, other = desk.problem("drafted"), desk.problem("promised"), desk.problem("other")
    keep(drafted, Mode.NOTE, "Half a word", seen_up_to=0, by=desk.ada, now=desk.later())
    keep(other, Mode.NOTE, "Half a word", seen_up_to=0, by=desk.sam, now=desk.later())
    Conversation.objects.filter(pk=promised.pk).update(promise_at=desk.later())
    page = seen(desk, "/c/open~has:draft/")
    assert shown(page) == [drafted.number]
    assert "a draft of mine" in page
    assert shown(seen(desk, "/c/open~has:promise/")) == [promised.number]
    assert shown(seen(desk, "/search/?q=has:draft")) == [drafted.number]
    assert '<option value="promise" selected>' in seen(desk, "/lists/menu/?view=open~has:promise")


def test_what_is_narrowed_can_be_kept_and_finds_the_same(desk: Desk, three: tuple[Conversation, ...]) -> None:
    Conversation.objects.filter(pk=three[1].pk).update(tags=["red lamp"])
    here = listed("mine~pending~tag:red lamp", desk.ada)
    assert here
    assert here.typed == 'owner:me status:pending tag:"red lamp"'
    view = save_view(SavedView(owner=desk.ada, name="Red", query=here.typed), by=desk.ada, now=desk.later())
    assert shown(seen(desk, f"/c/{view.value}/")) == [three[1].number]
    assert shown(seen(desk, f"/c/{view.value}~channel:facebook/")) == []
    assert shown(seen(desk, f"/c/{view.value}~oldest~channel:email/")) == [three[1].number]


@pytest.mark.parametrize(
    "name",
    ["mine~", "mine~x", "open~tag:%00", "mine~has:hope", "open~pending", "mine~tag:", "mine~from:carla", "~", "v1~x"],
)
def test_what_is_no_part_of_a_list_is_not_there(desk: Desk, name: str) -> None:
    assert browser(desk.ada).get(f"/c/{name}/").status_code == 404
    assert browser(desk.ada).get("/lists/narrow/", {"view": name}).status_code == 404


def test_all_that_is_shown_of_a_narrowed_list_is_meant_by_an_act_on_many(desk: Desk) -> None:
    lamp, _other = desk.problem("lamp"), desk.problem("other")
    Conversation.objects.filter(pk=lamp.pk).update(tags=["lamp"])
    assert "Tick the 1 that matches" in seen(desk, "/many/matching/?view=open~tag:lamp")


@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST])
@pytest.mark.parametrize("state", State)
def test_each_part_of_ones_own_walks_along_an_index(desk: Desk, state: State, order: Order) -> None:
    here = listed(f"mine~{state}~{order}", desk.ada)
    assert here
    for n in range(3):
        take(desk.problem(f"Lamp {n}"), by=desk.ada, now=desk.later())
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX conversation_by_state, conversation_active")  # of few rows these are as cheap
        cursor.execute("ANALYZE inbox_conversation; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = json.loads(ordered(rows_of(here, desk.ada), here.order)[:30].explain(format="json"))
    used = [part["Index Name"] for part in parts(plan[0]["Plan"]) if "Index Name" in part]
    assert (used, "Sort" in json.dumps(plan)) == (["conversation_by_owner"], False)


def test_promises_drafts_and_what_is_put_aside_stand_in_the_rail_with_their_counts(desk: Desk) -> None:
    promised, written, aside = (desk.problem(text) for text in ("promised", "written", "aside"))
    take(promised, by=desk.ada, now=desk.later())
    Conversation.objects.filter(pk=promised.pk).update(promise_at=timezone.now())
    keep(written, Mode.REPLY, "We", seen_up_to=0, by=desk.ada, now=desk.later())
    snooze(aside, by=desk.sam, until=timezone.now() + timedelta(days=1), now=desk.later())
    cache.clear()
    for name, label, each in (
        ("promises", "Promises", promised),
        ("drafts", "Drafts", written),
        ("snoozed", "Snoozed", aside),
    ):
        page = seen(desk, f"/c/{name}/")
        assert shown(page) == [each.number]
        place = page.split(f'href="/c/{name}/" data-place="{name}"')[1].split("</a>")[0]
        assert 'aria-current="page"' in place
        assert f"{label}</span>" in place
        assert '<span class="nav-n">1</span>' in place
        assert browser(desk.ada).get(f"/c/{name}/{each.number}/").status_code == 200
        assert ("Keep it as a view" in seen(desk, f"/lists/menu/?view={name}")) == (name != "promises")
    cache.clear()
    empty = seen(desk, "/c/drafts/", desk.max)
    assert "You have no drafts." in empty
    assert '<span class="nav-n">' not in empty.split('data-place="drafts"')[1].split("</a>")[0]
