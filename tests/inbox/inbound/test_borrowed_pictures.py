"""A mail that names a sender whose pictures are always shown, and is not proven to be from him, shows none."""

import pytest

from inbox.connect import connect, save
from inbox.desk.pictures import Pictures, allow, pictures_of
from inbox.inbound.release import release
from inbox.models import Item, Message
from tests.inbox.desk_of_five import CARLA, Desk
from tests.inbox.inbound.arriving import arrives

pytestmark = pytest.mark.usefixtures("reader")

CARLAS = "From: Carla <carla@example.com>"
SHOWS = "Content-Type: text/html\n\n<p>Look</p><img src='https://example.org/1'>\n"


def judged(head: str, verdict: str = "pass", domain: str = "example.com", server: str = "mx.example.com") -> bytes:
    """A mail, with what the mail server wrote above it about its sender."""
    return f"Authentication-Results: {server}; dmarc={verdict} header.from={domain}\n{head}\n{SHOWS}".encode()


def pictures_in(item: Item) -> Pictures:
    message = Message.objects.select_related("sender").get(item=item)
    assert message.sender
    assert message.sender.value == CARLA.address
    return pictures_of(message)


@pytest.fixture(autouse=True)
def _allowed(desk: Desk) -> None:
    trusting = {"authserv_id": "mx.example.com", "form_senders": "shop@example.com"}
    save(desk.channel, type(connect(desk.channel))(**{**vars(connect(desk.channel)), **trusting}))
    message = Message.objects.get(item=arrives(desk, judged(f"{CARLAS}\nMessage-ID: <first@example.com>"), "first"))
    allow(message, by=desk.ada, now=desk.later())


def test_her_own_mail_shows_them(desk: Desk) -> None:
    assert pictures_in(arrives(desk, judged(CARLAS))) == Pictures.SHOWN


@pytest.mark.parametrize(
    "forged",
    [
        judged(CARLAS, "fail"),
        judged(CARLAS, "none"),
        judged(CARLAS, server="mx.example.org"),
        judged(CARLAS, domain="example.org"),
        judged("From: carla@example.com, eve@example.com"),
        judged("From: <help@example.com>\nList-Id: <help.example.com>\nX-Original-From: carla@example.com"),
        judged("Sender: carla@example.com"),
        judged("From: shop@example.com\nReply-To: carla@example.com"),
        f"{CARLAS}\n{SHOWS}".encode(),
    ],
)
def test_who_names_her_borrows_nothing(desk: Desk, forged: bytes) -> None:
    assert pictures_in(arrives(desk, forged)) == Pictures.UNPROVEN


def test_what_was_let_in_from_quarantine_needs_its_proof_like_any_other(desk: Desk) -> None:
    for key, verdict, shown in (("1", "pass", Pictures.SHOWN), ("2", "fail", Pictures.UNPROVEN)):
        held = arrives(desk, judged(CARLAS, verdict), key, role="junk")
        assert not Message.objects.filter(item=held).exists()
        assert pictures_in(release(held, by=desk.sam, now=desk.later())) == shown
