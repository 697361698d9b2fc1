"""Who wrote a mail that is too large to be brought whole is told so, where the admin wants it and a program may."""

from email import message_from_bytes
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from connectors.email.connector import Email
from inbox import blobs
from inbox.connect import save
from inbox.models import Address, Delivery, Direction, Item, Message, Outcome
from tests.inbox.desk_of_five import Desk
from tests.inbox.inbound.arriving import arrives, letter

pytestmark = pytest.mark.usefixtures("reader")

PROVEN = "mx.example.com; dmarc=pass header.from=example.com"


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """An admin wants senders to be told."""
    set_up(desk, tells_too_large=True)
    return desk


def set_up(desk: Desk, **settings: Any) -> None:
    values = {"imap_host": "localhost", "smtp_host": "localhost", "authserv_id": "mx.example.com", **settings}
    save(desk.channel, Email(address=desk.channel.address, largest_mail=150, **values))


def large(text: str = "The lamp arrived broken, see my film.", **headers: str) -> bytes:
    """A mail of which the server holds more."""
    usual = {"date": format_datetime(timezone.now()), "authentication_results": PROVEN}
    return letter(text, **(usual | headers))


def comes(desk: Desk, raw: bytes, key: str = "1", **facts: str) -> Item:
    return arrives(desk, raw, key, cut="200000000", **facts)


def told() -> list[Message]:
    return list(Message.objects.filter(direction=Direction.OUTGOING))


def test_he_is_told_once_in_an_automatic_mail(asked: Desk) -> None:
    item = comes(asked, large())
    (message,) = told()
    assert (message.automatic, message.author) == ("too large", None)
    assert "larger than the 157 MB" in message.text
    assert message.conversation == item.message.conversation
    assert not message.conversation.we_spoke_last
    delivery = Delivery.objects.get(message=message)
    assert (delivery.recipients, delivery.state) == (["carla@example.com"], "queued")
    mail = message_from_bytes(blobs.read(delivery.payload))
    assert (mail["Auto-Submitted"], mail["In-Reply-To"]) == ("auto-replied", "<first@example.com>")


def test_in_russian_to_who_writes_russian(asked: Desk) -> None:
    comes(asked, large("Лампа пришла разбитой, посмотрите, пожалуйста, на фильм."))
    (message,) = told()
    assert message.text.startswith("Ваше письмо больше 157\u00a0МБ")


def test_the_same_mail_again_is_told_of_no_second_time(asked: Desk) -> None:
    raw = large()
    comes(asked, raw)
    assert comes(asked, raw, "2").outcome == Outcome.DUPLICATE
    assert comes(asked, b"X-Seen: yes\n" + raw, "3").outcome == Outcome.DUPLICATE
    assert len(told()) == 1


def test_nobody_is_told_unless_an_admin_wants_it(desk: Desk) -> None:
    set_up(desk)
    comes(desk, large())
    assert told() == []


def test_a_mail_that_came_whole_is_no_reason(asked: Desk) -> None:
    arrives(asked, large())
    assert told() == []


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"authentication_results": "mx.example.com; dmarc=fail"}, id="somebody else"),
        pytest.param({"authentication_results": "mx.example.com; spf=pass"}, id="nobody knows who"),
        pytest.param({"authentication_results": "mx.elsewhere.example; dmarc=pass"}, id="a stranger's word"),
        pytest.param({"auto_submitted": "auto-generated"}, id="a program"),
        pytest.param({"precedence": "bulk"}, id="bulk"),
        pytest.param({"list_id": "<lamps.example.com>"}, id="a list"),
        pytest.param({"return_path": "<>"}, id="a null sender"),
        pytest.param({"from": "no-reply@example.com"}, id="nobody reads it"),
        pytest.param({"from": "support@example.com"}, id="ourselves"),
        pytest.param({"from": "sales@example.com"}, id="another mailbox of ours"),
        pytest.param({"date": "Mon, 02 Nov 2026 09:00:00 +0000"}, id="long ago"),
    ],
)
def test_who_may_not_be_answered_by_a_program_is_not(asked: Desk, headers: dict[str, str]) -> None:
    assert comes(asked, large(**headers)).outcome == Outcome.MESSAGE
    assert told() == []


def test_what_is_held_back_is_not_answered(asked: Desk) -> None:
    assert comes(asked, large(), role="junk", folder="Junk").outcome == Outcome.QUARANTINE
    comes(asked, large("Again", message_id="<second@example.com>", **{"from": "Max <max@example.com>"}), "2")
    assert len(told()) == 1
    Address.objects.update(blocked_at=timezone.now())
    again = large("And again", message_id="<third@example.com>", **{"from": "Max <max@example.com>"})
    assert comes(asked, again, "3").outcome == Outcome.QUARANTINE
    assert len(told()) == 1


def test_a_report_on_our_own_mail_is_not_answered(asked: Desk) -> None:
    raw = large(
        "550 5.1.1 <x@example.org>: no such user", subject="Undelivered Mail", **{"from": "MAILER-DAEMON@mx.test"}
    )
    assert comes(asked, raw).outcome == Outcome.BOUNCE
    assert told() == []
