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
