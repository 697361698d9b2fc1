"""A colleague's forward is the customer's mail; a stranger's is a hint at most."""

from email.message import EmailMessage

import pytest

from inbox.connect import connect, save
from inbox.models import Conversation, Direction, Hint, Message, Suggestion
from tests.inbox.desk_of_five import Desk
from tests.inbox.inbound.arriving import arrives

pytestmark = pytest.mark.usefixtures("reader")

FORWARD = """Please look at this one.

---------- Forwarded message ---------
From: Carla <carla@example.com>
Date: Mon, 2 Nov 2026 at 09:00
Subject: A broken lamp
To: Ada <ada@example.com>

The lamp arrived broken.
"""


def forwarded(sender: str, *, proven: bool) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "support@example.com"
    mail["Subject"], mail["Message-ID"] = "Fwd: A broken lamp", f"<fwd-{sender}>"
    mail["Authentication-Results"] = f"mx.example.com; dmarc={'pass' if proven else 'fail'} header.from=example.com"
    mail.set_content(FORWARD)
    return mail.as_bytes()


@pytest.fixture(autouse=True)
def _believes_its_mail_server(desk: Desk) -> None:
    connector = connect(desk.channel)
    save(desk.channel, type(connector)(**{**vars(connector), "authserv_id": "mx.example.com"}))


def test_a_proven_colleague_hands_on_the_customers_mail(desk: Desk) -> None:
    item = arrives(desk, forwarded(desk.ada.email, proven=True))
    message = Message.objects.get(item=item)
    assert message.sender is not None
    assert message.sender.value == "carla@example.com"
    assert message.verified is None
    note = message.conversation.messages.get(direction=Direction.NOTE)
    assert (note.author, note.text) == (desk.ada, "Please look at this one.")
    assert "The lamp arrived broken." in message.reply_text
    assert "Please look" not in message.reply_text


def test_who_only_says_that_he_is_a_colleague_stays_who_he_is(desk: Desk) -> None:
    item = arrives(desk, forwarded(desk.ada.email, proven=False))
    message = Message.objects.get(item=item)
    assert message.sender is not None
    assert message.sender.value == desk.ada.email
    assert not message.conversation.messages.filter(direction=Direction.NOTE).exists()


def test_a_strangers_forward_is_suggested_to_what_its_first_sender_asked(desk: Desk) -> None:
    asked = EmailMessage()
    asked["From"], asked["To"], asked["Message-ID"] = "carla@example.com", "support@example.com", "<first@example.com>"
    asked.set_content("Where is my lamp?")
    hers = Message.objects.get(item=arrives(desk, asked.as_bytes())).conversation
    item = arrives(desk, forwarded("stranger@example.org", proven=True), "2")
    other = Message.objects.get(item=item).conversation
    assert other != hers
    assert Suggestion.objects.get(conversation=other).hint == Hint.FORWARDED
    assert Conversation.objects.get(pk=hers.pk).messages.count() == 1
