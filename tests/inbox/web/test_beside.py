"""What a window says it shows: heard by every web process, kept nowhere, and no sign of life."""

import json
from uuid import uuid4

import pytest

from inbox.beside import NOTIFICATION
from inbox.database import direct_connection
from inbox.models import Agent
from tests.inbox.desk_of_five import Desk, browser, five

pytestmark = pytest.mark.django_db(transaction=True)


def said(desk: Desk, who: Agent, path: str) -> tuple[int, list[dict[str, object]]]:
    """What is answered, and what every process hears."""
    with direct_connection() as connection:
        connection.execute(f"LISTEN {NOTIFICATION}")
        answer = browser(who).put(path)
        heard = [json.loads(one.payload) for one in connection.notifies(timeout=0.2)]
    return answer.status_code, heard


def test_a_window_says_what_it_shows_and_that_it_shows_nothing_any_more() -> None:
    desk, window = five(), uuid4()
    conversation = desk.problem()
    place = {"window": str(window), "agent": desk.ada.pk, "name": "Ada", "writes": True}
    shown = place | {"conversation": conversation.pk, "number": conversation.number}
    path = f"/beside/{window}/"
    assert said(desk, desk.ada, f"{path}?at={conversation.number}&writes") == (204, [shown])
    assert said(desk, desk.ada, path) == (204, [place | {"conversation": 0, "number": 0, "writes": False}])


def test_nobody_says_that_he_is_at_what_he_may_not_see() -> None:
    desk = five()
    foreign = desk.problem(channel=desk.channel_elsewhere)
    for number in (foreign.number, 10**17):
        assert said(desk, desk.ada, f"/beside/{uuid4()}/?at={number}") == (404, [])


def test_a_window_that_says_it_again_by_itself_is_no_sign_of_life() -> None:
    desk = five()
    conversation = desk.problem()
    said(desk, desk.ada, f"/beside/{uuid4()}/?at={conversation.number}")
    assert Agent.objects.get(pk=desk.ada.pk).seen_at is None
    assert browser(desk.ada).post(f"/beside/{uuid4()}/").status_code == 405
