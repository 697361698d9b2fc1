"""A mail above the channel's limit: its text is here, and its sender is told once, by a mail that no robot answers."""

import pytest

from inbox.models import Conversation, Outcome
from tests.journeys.mailroom import Company, collect, dispatch, ledger_difference, letter, outcomes, texts

pytestmark = pytest.mark.dovecot


def test_its_sender_gets_one_automatic_mail(company: Company) -> None:
    channel = company.mailbox(largest_mail=1, tells_too_large=True, authserv_id="mx.test")
    film = letter("See my film.", Authentication_Results="mx.test; dmarc=pass header.from=example.com")
    film.add_attachment(b"0" * 1_200_000, maintype="video", subtype="mp4", filename="lamp.mp4")
    company.writes(channel, film)
    collect(channel)
    company.writes(channel, film)
    collect(channel)
    for _ in range(2):
        dispatch()
    (told,) = company.arrived()
    assert (told["Auto-Submitted"], told["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert told["In-Reply-To"] == film["Message-ID"]
    said = texts(Conversation.objects.get())
    assert said[0] == "See my film."
    assert said[1].startswith("Your mail is larger than the 1.0 MB")
    assert outcomes(channel)[:2] == [Outcome.MESSAGE, Outcome.DUPLICATE]
    assert ledger_difference() == 0
