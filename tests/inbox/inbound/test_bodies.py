"""The bodies of webhooks go after a month; what was received, and what became of it, stays told."""

from datetime import timedelta

import pytest

from connectors.contract import SMALL
from inbox import blobs
from inbox.inbound.bodies import KEPT_FOR, forget_bodies
from inbox.models import Attachment, Channel, Envelope, Item, Outcome, ProviderApp
from reports.measures import ledger
from tests.inbox.desk_of_five import NOW, Desk
from tests.inbox.inbound.arriving import arrives, letter
from tests.inbox.network import network

LATER = NOW + KEPT_FOR + timedelta(days=1)


@pytest.fixture
def app(desk: Desk) -> ProviderApp:
    channel = network(desk)
    assert channel.app
    return channel.app


def body(app: ProviderApp, text: bytes, *outcomes: Outcome, opened: timedelta = timedelta(0)) -> Envelope:
    """What a webhook brought at NOW, with an item of each outcome."""
    envelope = Envelope.objects.create(app=app, sha256=blobs.keep(text), size=len(text), received_at=NOW)
    for place, outcome in enumerate(outcomes):
        Item.objects.create(
            channel=Channel.objects.get(app=app),
            envelope=envelope,
            source_key=f"dm:{envelope.pk}.{place}",
            outcome=outcome,
            received_at=NOW,
            opened_at=None if outcome == Outcome.WAITING else NOW + opened,
        )
    return envelope


def test_what_is_settled_is_forgotten_after_a_month_and_not_before(app: ProviderApp) -> None:
    done, of_a_stranger = body(app, b"{1}", Outcome.RECEIPT, Outcome.DUPLICATE), body(app, b"{2}" * SMALL)
    assert forget_bodies(NOW + KEPT_FOR - timedelta(seconds=1)) == 0
    assert (blobs.is_kept(done.sha256), blobs.is_kept(of_a_stranger.sha256)) == (True, True)
    assert forget_bodies(LATER) == 2
    assert (blobs.is_kept(done.sha256), blobs.is_kept(of_a_stranger.sha256)) == (False, False)
    assert forget_bodies(LATER) == 0


@pytest.mark.parametrize("outcome", [Outcome.WAITING, Outcome.QUARANTINE, Outcome.UNREADABLE])
def test_what_somebody_may_still_open_is_kept(app: ProviderApp, outcome: Outcome) -> None:
    held = body(app, b"{1}", Outcome.RECEIPT, outcome)
    assert forget_bodies(LATER) == 0
    assert blobs.is_kept(held.sha256)


def test_the_month_begins_when_the_last_of_it_was_settled(app: ProviderApp) -> None:
    late = body(app, b"{1}", Outcome.RECEIPT, opened=timedelta(days=20))
    assert forget_bodies(LATER) == 0
    assert blobs.is_kept(late.sha256)


def test_bytes_that_something_else_needs_are_left_to_it(app: ProviderApp) -> None:
    done, held = body(app, b"{1}", Outcome.RECEIPT), body(app, b"{1}", Outcome.UNREADABLE)
    file = body(app, b"{2}", Outcome.RECEIPT)
    Attachment.objects.create(
        uploaded_by=Channel.objects.get(app=app).team.lead, name="body", size=3, sha256=file.sha256, created_at=NOW
    )
    assert forget_bodies(LATER) == 2
    assert (blobs.is_kept(done.sha256), blobs.is_kept(held.sha256), blobs.is_kept(file.sha256)) == (True, True, True)


@pytest.mark.usefixtures("reader")
def test_a_mail_lives_as_long_as_its_message(desk: Desk) -> None:
    mail = arrives(desk, letter())
    assert forget_bodies(mail.received_at + 12 * KEPT_FOR) == 0
    assert blobs.is_kept(mail.envelope.sha256)


def test_the_ledger_adds_up_as_before(app: ProviderApp) -> None:
    body(app, b"{1}", Outcome.RECEIPT, Outcome.DUPLICATE)
    channel = Channel.objects.get(app=app)

    def told() -> list[object]:
        return list(ledger([channel.pk], NOW - timedelta(days=1), NOW + timedelta(days=1), "UTC"))

    before = told()
    forget_bodies(LATER)
    assert told() == before
    assert [line.difference for line in ledger([channel.pk], NOW, LATER, "UTC")] == [0]
