"""What waits for a person before it may come in, on its page."""

import pytest

from inbox.api import stream
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.inbound.arriving import arrives, letter
from tests.inbox.inbound.conftest import reader

__all__ = ["reader"]

ENDLESS = "9" * 5000  # more digits than Python makes a number of


@pytest.mark.usefixtures("reader")
def test_the_quarantine_says_who_wrote_what_and_why_it_waits(desk: Desk) -> None:
    arrives(desk, letter("I am away.", auto_submitted="auto-replied"))
    page = browser(desk.sam).get("/held/quarantine/").content.decode()
    for words in (
        "carla@example.com",
        "A broken lamp",
        "An automatic answer that belongs to none of our conversations.",
    ):
        assert words in page
    assert "I am away." not in page
    assert 'data-head="Arrived"' in page  # a phone shows no heads above cells


def test_a_number_without_end_in_an_address_is_none(desk: Desk) -> None:
    conversation = desk.problem()
    sams = browser(desk.sam)
    assert sams.get("/held/quarantine/", {"before": ENDLESS}).status_code == 200
    for verb, name in (("block", "address"), ("part", "activity")):
        done = sams.post(f"/customers/{conversation.customer.number}/{verb}/", {name: ENDLESS})
        assert done.status_code == 404, verb


@pytest.mark.usefixtures("transactional_db")
def test_a_stream_that_is_asked_to_go_on_after_a_number_without_end_begins_anew() -> None:
    assert stream._missed(ENDLESS)[0] == []
