"""What a row of the list tells of a conversation."""

from inbox.desk.drafts import keep
from inbox.models import Mode
from inbox.web.deadlines import coin
from tests.inbox.desk_of_five import Desk, browser


def row(desk: Desk, view: str = "open") -> str:
    return browser(desk.ada).get(f"/c/{view}/").content.decode()


def test_a_row_tells_how_much_of_it_is_new(desk: Desk) -> None:
    conversation = desk.problem()
    assert '<span class="item-n">1<span class="sr"> not read</span></span>' in row(desk)
    browser(desk.ada).get(f"/c/open/{conversation.number}/")
    assert '"item-n"' not in row(desk)
    assert "data-unread" not in row(desk)


def test_a_row_tells_who_of_us_spoke_last(desk: Desk) -> None:
    desk.answers(desk.problem(), "A new lamp is <on> its way.")
    assert "<b>Ada:</b> A new lamp is &lt;on&gt; its way." in row(desk, "pending")


def test_a_draft_takes_the_place_of_what_was_said(desk: Desk) -> None:
    conversation = desk.problem("The lamp arrived broken.")
    keep(conversation, Mode.REPLY, "We <regret>", seen_up_to=0, by=desk.ada, now=desk.later())
    shown = row(desk)
    assert "Draft:</span> We &lt;regret&gt;" in shown
    assert "The lamp arrived broken." not in shown


def test_what_has_climbed_as_far_as_it_can_shows_that_in_its_coin_too(desk: Desk) -> None:
    conversation = desk.problem()
    assert "E-mail, needs us" in coin(conversation)
    conversation.level = 2
    assert 'data-state="over"' in coin(conversation)
    assert "E-mail, must be solved" in coin(conversation)
