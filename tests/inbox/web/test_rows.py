"""Rows that are kept: they are drawn again as soon as anything that they show is another."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from inbox.desk.take import take
from inbox.lists import ROW, View, conversations, page_of
from inbox.models import Agent, Conversation, Customer, Plan
from inbox.search import Found
from inbox.views import EVERY_FACT
from inbox.web.rows import ASKED
from tests.inbox.desk_of_five import Desk

LIST = "{% drawn rows %}"


def rows_of(desk: Desk) -> list[Conversation]:
    return list(page_of(conversations(desk.sam, View.OPEN).only(*ROW), desk.ada).rows)


def drawn(rows: list[Conversation], me: Agent, **around: object) -> str:
    context = {"me": me, "here_list": "/c/open/", "facts": EVERY_FACT, "rows": rows, **around}
    return Template(LIST).render(Context(context))


@pytest.fixture
def row(desk: Desk) -> Conversation:
    """A conversation that has everything that a row can show."""
    conversation = desk.problem("The lamp arrived broken.")
    Customer.objects.filter(pk=conversation.customer_id).update(plan=Plan.objects.create(name="Gold"))
    take(conversation, by=desk.ada, now=desk.later())
    (row,) = rows_of(desk)
    row.promise_at = row.window_until = row.climbs_at = timezone.now() + timedelta(hours=3)
    row.tags, row.level, row.climbs_to, row.public = ["lamp"], 2, 4, True
    return row


def test_a_row_asks_for_nothing_that_the_list_has_not_brought(
    desk: Desk, row: Conversation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert "The lamp arrived broken." in drawn([row], desk.ada)


OTHER = {
    "number": 99999,
    "subject": "Another",
    "preview": "Quite other words",
    "state": "pending",
    "climbs_at": timezone.now() + timedelta(hours=1),
    "climbs_to": 3,
    "level": 1,
    "promise_at": None,
    "tags": ["broken"],
    "public": False,
    "window_until": None,
    "last_activity_at": timezone.now() - timedelta(days=400),
    "customer__name": "Carla Other",
    "customer__plan__name": "Silver",
    "owner__name": "Zoe",
    "owner__status": "away",
    "unread": 7,
    "draft": "We regret",
}


@pytest.mark.parametrize("path", OTHER)
def test_whatever_a_row_shows_is_shown_as_it_is_now(desk: Desk, row: Conversation, path: str) -> None:
    before = drawn([row], desk.ada)
    assert drawn([row], desk.ada) == before
    *way, name = path.split("__")
    at = row
    for each in way:
        at = getattr(at, each)
    setattr(at, name, OTHER[path])
    assert drawn([row], desk.ada) != before


def test_what_is_given_to_a_row_is_what_can_change_in_it() -> None:
    only_decides = {"we_spoke_last", "opened_at", "owes_update_at", "last_message", "snoozed_until", "customer__number"}
    only_instead = {"channel__kind", "address__value", "spoke"}
    assert set(OTHER) | only_decides | only_instead == {*ROW, *ASKED}


def test_each_sees_it_with_his_own_eyes(desk: Desk, row: Conversation) -> None:
    mine, hers = drawn([row], desk.ada), drawn([row], desk.sam)
    assert "data-me" in mine
    assert "data-me" not in hers
    assert 'aria-current="true"' in drawn([row], desk.ada, chosen=row.number)
    assert "<mark>lamp</mark>" in drawn([row], desk.ada, said={row.pk: Found("the \ue000lamp\ue001 here")})
    assert '"tagx"' not in drawn([row], desk.ada, facts=frozenset({"climb"}))
    with translation.override("ru"):
        assert drawn([row], desk.ada) != mine
    assert drawn([row], desk.ada) == mine
