"""Who cannot read a mail says at the message in what encoding it is, and sees it as it reads then."""

import pytest
from django.http import HttpResponse

from inbox import blobs
from inbox.models import Agent, Conversation, Message
from tests.inbox.desk_of_five import Desk, browser, mentions
from tests.inbox.inbound.arriving import arrives
from tests.inbox.inbound.conftest import reader
from tests.inbox.network import direct, network, said

__all__ = ["reader"]

pytestmark = pytest.mark.usefixtures("reader")

TEXT = "Где лампа? Жду ответа."
RAW = (
    b"From: Carla <carla@example.com>\r\nMessage-ID: <first@example.com>\r\nSubject: "
    + TEXT.encode("koi8-r")
    + b"\r\nContent-Type: text/plain; charset=windows-1250\r\n\r\n"
    + TEXT.encode("koi8-r")
)
LINK = "Another encoding"


@pytest.fixture
def garbled(desk: Desk) -> Message:
    return Message.objects.get(item=arrives(desk, RAW))


def place(conversation: Conversation) -> str:
    return f"/c/open/{conversation.number}/"


def page(agent: Agent, conversation: Conversation) -> str:
    return browser(agent).get(place(conversation)).content.decode()


def chooses(agent: Agent, message: Message, charset: str) -> HttpResponse:
    address = f"{place(message.conversation)}messages/{message.pk}/read-again/"
    return browser(agent).post(address, {"charset": charset})  # type: ignore[return-value]  # of the client


def test_it_reads_as_was_chosen_and_says_so(desk: Desk, garbled: Message) -> None:
    before = page(desk.ada, garbled.conversation)
    assert TEXT not in before
    assert before.index('class="menu-box msg-menu"') < before.index(LINK) < before.index('class="bubble"')
    answer = chooses(desk.ada, garbled, "koi8-r")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{place(garbled.conversation)}?at={garbled.pk}"
    shown = page(desk.ada, garbled.conversation)
    assert TEXT in shown
    assert "read as Cyrillic (KOI8-R, KOI8-U)" in " ".join(shown.split())
    assert '<option value="koi8-r" selected>' in shown


def test_put_back_it_says_nothing_of_it(desk: Desk, garbled: Message) -> None:
    chooses(desk.ada, garbled, "koi8-r")
    chooses(desk.ada, garbled, "")
    shown = page(desk.ada, garbled.conversation)
    assert TEXT not in shown
    assert "read as" not in shown


def test_a_refusal_is_a_sentence_on_the_page(desk: Desk, garbled: Message) -> None:
    assert garbled.item
    blobs.remove(garbled.item.envelope.sha256)
    answer = chooses(desk.ada, garbled, "koi8-r")
    assert answer.status_code == 409
    assert "The original of this mail is not kept any more" in answer.content.decode()


def test_a_stranger_to_the_team_does_not_even_see_that_it_exists(desk: Desk, garbled: Message) -> None:
    assert chooses(desk.kim, garbled, "koi8-r").status_code == 404
    garbled.refresh_from_db()
    assert garbled.text != TEXT


def test_who_may_only_read_is_offered_nothing_and_refused(desk: Desk, garbled: Message) -> None:
    mentions(garbled.conversation, desk.kim)
    assert LINK not in page(desk.kim, garbled.conversation)
    assert LINK not in browser(desk.kim).get(f"{place(garbled.conversation)}stretch/").content.decode()
    assert chooses(desk.kim, garbled, "koi8-r").status_code == 403


def test_a_message_of_another_conversation_is_not_here(desk: Desk, garbled: Message) -> None:
    other = desk.problem()
    address = f"{place(other)}messages/{garbled.pk}/read-again/"
    assert browser(desk.ada).post(address, {"charset": "koi8-r"}).status_code == 404


def test_nothing_of_it_is_offered_for_what_is_no_mail_that_came_in(desk: Desk) -> None:
    assert LINK not in page(desk.ada, said(desk, network(desk), direct()))
    mine = desk.problem()
    mine.messages.update(item=None)
    desk.answers(mine)
    assert LINK not in page(desk.ada, mine)
