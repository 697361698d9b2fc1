"""Claims are believed only from those whom the mailbox's settings name."""

from dataclasses import replace

import pytest

from connectors.contract import Authentication, Echo, Incoming, Person, Spam
from connectors.email.connector import Email

CARLA = Person(address="carla@example.com")
SAID = Incoming(
    provider_id="1",
    reference="1",
    sender=CARLA,
    text="hello",
    authentication=Authentication(dmarc="pass", server="mx.example.com"),
    spam=Spam(verdict=True, header="x-spam-flag"),
)


@pytest.fixture
def account() -> Email:
    return Email(address="support@demo.test", imap_host="i", smtp_host="s")


def judged(account: Email, said: Incoming = SAID) -> Incoming:
    content = account.judge(said)
    assert isinstance(content, Incoming)
    return content


def test_by_default_nobody_is_believed(account: Email) -> None:
    assert (judged(account).authentication, judged(account).spam) == (None, None)


@pytest.mark.parametrize(
    ("pattern", "believed"),
    [("mx.example.com", True), ("MX.Example.com", True), ("*.example.com", True), ("*", True), ("mx.other.com", False)],
)
def test_the_server_that_is_named_is_believed(account: Email, pattern: str, believed: bool) -> None:
    assert (judged(replace(account, authserv_id=pattern)).authentication is not None) is believed


@pytest.mark.parametrize(("header", "believed"), [("X-Spam-Flag", True), ("X-Spam", False)])
def test_the_spam_header_that_is_named_is_believed(account: Email, header: str, believed: bool) -> None:
    assert (judged(replace(account, trusted_spam_header=header)).spam is not None) is believed


def test_behind_a_web_form_stands_the_customer(account: Email) -> None:
    form = replace(SAID, sender=Person(address="Form@Demo.test"), reply_to=CARLA)
    assert judged(account, form).sender.address == "Form@Demo.test"
    trusting = replace(account, form_senders="shop@demo.test, form@demo.test")
    assert judged(trusting, form).sender == CARLA
    assert judged(trusting, replace(SAID, reply_to=Person(address="x@example.org"))).sender == CARLA


def test_what_a_web_form_sends_is_no_automatic_answer_whatever_it_says(account: Email) -> None:
    trusting = replace(account, form_senders="form@demo.test")
    said = replace(SAID, is_auto_answer=True)
    assert not judged(trusting, replace(said, sender=Person(address="form@demo.test"), reply_to=CARLA)).is_auto_answer
    assert judged(trusting, said).is_auto_answer


def test_a_form_of_our_own_site_writes_as_our_mailbox(account: Email) -> None:
    ours = Person(address=account.address.upper())
    assert judged(account, replace(SAID, sender=ours, reply_to=CARLA)).sender == CARLA
    assert judged(account, replace(SAID, sender=ours, reply_to=ours)).sender == ours
    assert judged(account, replace(SAID, sender=ours, reply_to=None)).sender == ours


@pytest.mark.parametrize(("verdict", "left"), [("pass", "none"), ("fail", "fail")])
def test_who_runs_a_web_form_proves_nothing_of_whoever_filled_it_in(account: Email, verdict: str, left: str) -> None:
    form = Authentication(dmarc=verdict, server="mx.example.com")
    said = replace(SAID, sender=Person(address="form@demo.test"), reply_to=CARLA, authentication=form)
    found = judged(replace(account, authserv_id="*", form_senders="form@demo.test"), said).authentication
    assert found
    assert found.dmarc == left


def test_what_we_said_ourselves_is_left_alone(account: Email) -> None:
    assert account.judge(Echo(said=SAID)) == Echo(said=SAID)
