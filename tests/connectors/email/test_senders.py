"""Who wrote a mail."""

from datetime import UTC, datetime

import pytest

from connectors.contract import Person
from connectors.email import senders
from connectors.email.structure import Tree

CARLA = Person(address="carla@example.com", name="Carla Customer")
_LIST = "List-Id: Help <help.example.org>\nList-Post: <mailto:help@example.org>\n"


def writer(head: str) -> Person:
    return senders.writer(Tree(f"{head}\n\n".encode()).root.headers)


@pytest.mark.parametrize(
    "head",
    [
        "From: Carla Customer <carla@example.com>",
        "Reply-To: Carla Customer <carla@example.com>",
        "Sender: Carla Customer <carla@example.com>",
        "From: nobody\nReply-To: Carla Customer <carla@example.com>",
        _LIST + "From: 'Carla Customer' via Help <help@example.org>\nX-Original-Sender: carla@example.com",
        _LIST + "From: Help <help@example.org>\nReply-To: Carla Customer <carla@example.com>",
        _LIST + "From: Carla Customer <carla@example.com>\nReply-To: help@example.org",
    ],
)
def test_the_writer_is_found(head: str) -> None:
    assert writer(head) == CARLA


def test_reply_to_is_no_identity() -> None:
    assert writer("From: Carla Customer <carla@example.com>\nReply-To: eve@example.com") == CARLA


def verdict(head: str, judged: str = "header.from=example.com", word: str = "pass") -> str:
    fields = Tree(f"Authentication-Results: mx.example.org; dmarc={word} (p=none) {judged}\n{head}\n\n".encode())
    return senders.proof(fields.root.headers, senders.writer(fields.root.headers)).dmarc


CARLA_ALONE = "From: Carla Customer <carla@example.com>"


@pytest.mark.parametrize("judged", ["", "header.from=example.com", 'policy.x=y header.from="Example.COM"'])
def test_a_pass_proves_the_one_in_from(judged: str) -> None:
    assert verdict(CARLA_ALONE, judged) == "pass"


def test_a_pass_proves_who_writes_from_below_a_domain_or_from_one_in_letters_of_his_own() -> None:
    assert verdict("From: carla@mail.example.com") == "pass"
    assert verdict("From: carla@пример.рф", "header.from=xn--e1afmkfd.xn--p1ai") == "pass"


@pytest.mark.parametrize(
    "head",
    [
        _LIST.replace("example.org", "example.com") + "From: <help@example.com>\nX-Original-From: carla@example.com",
        "Sender: Carla Customer <carla@example.com>",
        "From: carla@example.com, eve@example.com",
        "From: carla@example.com\nFrom: eve@example.com",
        "From: <carla@example.org> <eve@example.com>",
        "From: carla@badexample.com",
    ],
)
def test_a_pass_proves_nobody_else(head: str) -> None:
    assert verdict(head) == "none"


@pytest.mark.parametrize("word", ["fail", "none", "temperror"])
def test_what_is_no_pass_stays_what_it_is(word: str) -> None:
    assert verdict("From: carla@example.com, eve@example.org", word=word) == word


def test_a_mail_without_any_name_has_no_address() -> None:
    assert writer("Subject: x") == Person(address="")


@pytest.mark.parametrize(
    "value",
    [
        "Thu, 12 Nov 2026 10:15:00 +0300",
        "12 Nov 2026 07:15:00 GMT",
        "Thu, 12 Nov 2026 10:15:00 +0300 (MSK)",
        "12 Nov 26 07:15",
    ],
)
def test_a_date_is_read(value: str) -> None:
    assert senders.claimed_date(Tree(f"Date: {value}\n\n".encode()).root.headers) == datetime(
        2026, 11, 12, 7, 15, tzinfo=UTC
    )


@pytest.mark.parametrize("value", ["", "yesterday", "Thu, 99 Nov 2026 10:15:00", "1 Jan 0000 00:00:00 +9999", "9" * 99])
def test_a_date_that_is_none_is_no_date(value: str) -> None:
    assert senders.claimed_date(Tree(f"Date: {value}\n\n".encode()).root.headers) is None
