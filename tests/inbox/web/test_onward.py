"""What is shown when an answer has been sent is everybody's own choice."""

from typing import Any

import pytest

from inbox.lists import View, conversations, next_after
from inbox.models import AfterSending, Agent, Conversation, Order
from tests.inbox.desk_of_five import Desk, browser


def three(desk: Desk) -> list[Conversation]:
    """As they stand in the list, the newest first."""
    return [desk.problem(text) for text in ("The first lamp", "The second lamp", "The third lamp")][::-1]


def sends(desk: Desk, conversation: Conversation, view: str = "open", text: str = "We will help.") -> Any:
    form = {"text": text, "seen_up_to": str(conversation.last_message)}
    return browser(desk.ada).post(f"/c/{view}/{conversation.number}/reply/", form, follow=False)


def wants(desk: Desk, after: str) -> None:
    page = {"name": "Ada", "timezone": "UTC", "after_sending": after}
    assert browser(desk.ada).post("/me/", page).status_code == 302
    assert Agent.objects.get(pk=desk.ada.pk).after_sending == after


def test_unless_he_wants_something_else_he_stays(desk: Desk) -> None:
    conversation = desk.problem()
    assert sends(desk, conversation).headers["Location"] == f"/c/open/{conversation.number}/"


def test_the_next_one_is_below_it_and_after_the_last_comes_the_first(desk: Desk) -> None:
    wants(desk, AfterSending.NEXT)
    top, middle, bottom = three(desk)
    assert sends(desk, middle).headers["Location"] == f"/c/open/{bottom.number}/"
    assert sends(desk, bottom).headers["Location"] == f"/c/open/{top.number}/"
    assert sends(desk, top).headers["Location"] == "/c/open/"


@pytest.mark.parametrize("view", ["queue", "open"])
def test_what_he_may_not_see_or_is_in_another_list_is_not_the_next_one(desk: Desk, view: str) -> None:
    here = desk.problem()
    desk.problem(channel=desk.channel_elsewhere, text="Foreign")
    assert next_after(here, conversations(desk.ada, View(view)), Order.NEWEST) is None
    desk.answers(desk.problem("Answered"))
    assert next_after(here, conversations(desk.ada, View(view)), Order.NEWEST) is None


def test_who_goes_on_finds_the_way_back_to_what_he_has_sent(desk: Desk) -> None:
    wants(desk, AfterSending.LIST)
    conversation = desk.problem()
    ada = browser(desk.ada)
    form = {"text": "Yes", "seen_up_to": str(conversation.last_message)}
    page = ada.post(f"/c/queue/{conversation.number}/reply/", form, follow=True)
    assert page.redirect_chain == [("/c/queue/", 302)]
    link = f'<a class="link" href="/c/queue/{conversation.number}/">{conversation.label}</a>'
    assert f"Your answer in {link} goes out" in page.content.decode()


def test_what_was_refused_stays_before_him(desk: Desk) -> None:
    wants(desk, AfterSending.NEXT)
    _top, middle, _bottom = three(desk)
    assert sends(desk, middle, text=" ").status_code == 400
