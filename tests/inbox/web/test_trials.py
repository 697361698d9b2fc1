"""The set-up page of a mailbox says how the test of its addresses with a plus stands."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.email.connector import Email
from connectors.errors import OutcomeUnknown, Rejected, gettext_noop
from inbox.connect import connect, save
from inbox.models import Channel
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.web.test_changing_channels import filled


@pytest.fixture
def tests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent; the mailbox lets us in."""
    went: list[str] = []
    monkeypatch.setattr(Email, "check", lambda self: self.address)
    monkeypatch.setattr(Email, "send_test", lambda self, subject, text, now: went.append(subject))
    return went


def page(desk: Desk) -> str:
    return browser(desk.kim).get(f"/channels/{desk.channel.pk}/").content.decode()


def posts(desk: Desk, **typed: object) -> str:
    values = {**filled(desk), "at_address": desk.channel.address, **typed}
    return browser(desk.kim).post(f"/channels/{desk.channel.pk}/", values, follow=True).content.decode()


def opened(desk: Desk) -> Email:
    connector = connect(Channel.objects.get(pk=desk.channel.pk))
    assert isinstance(connector, Email)
    return connector


def asked(desk: Desk, **ago: float) -> None:
    """The test mail was sent so long ago."""
    save(desk.channel, opened(desk).trying(timezone.now() - timedelta(**ago)))


def test_ticking_it_sends_a_test_and_the_page_says_that_we_wait(desk: Desk, tests: list[str]) -> None:
    assert "this is not used" not in page(desk)
    posts(desk, at_plus_addressing="on")
    assert tests == ["Test of an address with a plus"]
    assert "waiting for the test mail since" in page(desk)
    posts(desk, at_plus_addressing="on")
    assert len(tests) == 1, "one is awaited already"


def test_checking_the_connection_sends_one_while_it_is_ticked(desk: Desk, tests: list[str]) -> None:
    posts(desk, check="1")
    assert tests == []
    assert "waiting for the test mail since" in posts(desk, check="1", at_plus_addressing="on")
    assert len(tests) == 1
    assert not opened(desk).plus_addressing, "a check keeps nothing of what was typed"
    posts(desk, at_plus_addressing="on")
    assert len(tests) == 1, "the one that is awaited counts"
    posts(desk, check="1", at_plus_addressing="on")
    assert len(tests) == 2


def test_one_that_does_not_come_is_said_in_plain_words_and_tried_again_by_saving(desk: Desk, tests: list[str]) -> None:
    posts(desk, at_plus_addressing="on")
    asked(desk, minutes=14)
    assert "waiting for the test mail since" in page(desk)
    asked(desk, minutes=16)
    assert "did not come within 15 minutes, so this stays unused" in page(desk)
    posts(desk, at_plus_addressing="on")
    assert len(tests) == 2


def test_once_it_has_come_the_page_says_so_and_saving_asks_for_none(desk: Desk, tests: list[str]) -> None:
    posts(desk, at_plus_addressing="on")
    asked(desk, hours=1)
    save(desk.channel, opened(desk).passed(timezone.now()))
    assert "the test mail came on" in page(desk)
    posts(desk, at_plus_addressing="on")
    assert len(tests) == 1
    posts(desk)
    posts(desk, at_plus_addressing="on")
    assert len(tests) == 2, "whoever ticks it again wants to know again"
    assert "waiting for the test mail since" in page(desk)


def test_a_mailbox_that_was_ticked_before_there_were_tests_does_not_use_it(desk: Desk, tests: list[str]) -> None:
    save(desk.channel, Email(address="support@example.com", imap_host="x", smtp_host="x", plus_addressing=True))
    assert "no test mail has been sent yet, so this is not used" in page(desk)


@pytest.mark.parametrize(("error", "waits"), [(Rejected, False), (OutcomeUnknown, True)])
def test_one_that_cannot_be_sent_is_told_with_the_reason(
    desk: Desk, tests: list[str], monkeypatch: pytest.MonkeyPatch, error: Callable[[str], Exception], waits: bool
) -> None:
    def refuse(*_: object) -> None:
        raise error(gettext_noop("No recipient was accepted."))

    monkeypatch.setattr(Email, "send_test", refuse)
    said = posts(desk, at_plus_addressing="on")
    assert "The test mail could not be sent: No recipient was accepted." in said
    assert opened(desk).plus_addressing
    assert bool(json.loads(opened(desk).plus_test)["asked_at"]) is waits
