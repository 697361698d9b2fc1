"""What only a mail shows: when it claims to have been sent, who its server says wrote it, and its appointments."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from connectors.contract import Appointment, Authentication, Person
from inbox.web.letters import SHOWN, span, what_it_is
from tests.inbox.desk_of_five import NOW, Desk, browser

STARTS, ENDS = "2026-11-12T07:15:00Z", "2026-11-12T07:45:00Z"


def page(desk: Desk, **said: Any) -> str:
    shown = browser(desk.ada).get(f"/c/open/{desk.problem(**said).number}/")
    return " ".join(shown.content.decode().split())


@pytest.mark.parametrize(
    ("early", "told"),
    [
        (timedelta(days=6), False),
        (timedelta(days=8), True),
        (timedelta(minutes=-5), False),
        (timedelta(minutes=-30), True),
    ],
)
def test_a_date_that_cannot_be_right_is_shown_as_a_claim(desk: Desk, early: timedelta, told: bool) -> None:
    taken_in = NOW + timedelta(minutes=1)
    assert ("claims to have been sent" in page(desk, sent_at=taken_in - early)) is told


def test_a_mail_without_a_date_claims_nothing(desk: Desk) -> None:
    assert "claims to have been sent" not in page(desk)


@pytest.mark.parametrize(
    ("html", "dmarc", "told"), [("", "pass", True), ("<p>x</p>", "pass", True), ("", "none", False)]
)
def test_a_proven_sender_is_marked_whatever_the_mail_is_written_in(
    desk: Desk, html: str, dmarc: str, told: bool
) -> None:
    shown = page(desk, html=html, authentication=Authentication(dmarc=dmarc))
    assert ("The mail server proved the sender" in shown) is told


def test_of_a_very_long_text_the_beginning_is_shown_and_that_it_goes_on(desk: Desk) -> None:
    for length, told in ((SHOWN - 10, False), (SHOWN + 10_000, True)):
        shown = page(desk, text="word " * (length // 5) + "the end")
        assert ("only its beginning is shown here" in shown) is told
        assert ("the end" not in shown) is told


def test_what_is_cancelled_does_not_look_like_an_invitation(desk: Desk) -> None:
    at = datetime(2026, 11, 12, 7, 15, tzinfo=UTC)
    meeting = Appointment(method="CANCEL", summary="A talk", starts_at=at, organiser="carla@example.com")
    assert '<span class="c-over">Cancelled</span>' in page(desk, appointments=(meeting,))


@pytest.mark.parametrize(
    ("method", "answer", "told"),
    [
        ("REQUEST", "", "An invitation"),
        ("CANCEL", "", "Cancelled"),
        ("REPLY", "ACCEPTED", "An answer: accepted"),
        ("REPLY", "DECLINED", "An answer: declined"),
        ("REPLY", "DELEGATED", "An answer to an invitation"),
        ("PUBLISH", "", ""),
    ],
)
def test_what_it_is_stands_above_an_appointment(method: str, answer: str, told: str) -> None:
    assert what_it_is({"method": method, "answer": answer}) == told


@pytest.mark.parametrize(
    ("appointment", "told"),
    [
        ({"starts_at": STARTS}, "12 November 2026, 07:15"),
        ({"starts_at": STARTS, "ends_at": ENDS}, "12 November 2026, 07:15 – 07:45"),
        (
            {"starts_at": STARTS, "ends_at": "2026-11-13T00:00:00Z"},
            "12 November 2026, 07:15 – 13 November 2026, 00:00",
        ),
        ({"starts_at": STARTS, "timezone": "Europe/Moscow"}, "12 November 2026, 07:15 (10:15 Europe/Moscow)"),
        ({"starts_at": STARTS, "timezone": "Custom/Zone"}, "12 November 2026, 07:15"),
        ({"ends_at": ENDS}, ""),
    ],
)
def test_an_appointment_tells_from_when_to_when(appointment: dict[str, str], told: str) -> None:
    with translation.override("en"):
        assert span(appointment) == told


def test_a_whole_day_is_the_same_day_in_every_zone() -> None:
    day = {"starts_at": "2026-11-12T00:00:00Z", "ends_at": "2026-11-13T00:00:00Z", "all_day": "true"}
    with translation.override("en"), timezone.override("America/New_York"):
        assert span(day) == "12 November 2026"
        assert span({**day, "ends_at": "2026-11-14T00:00:00Z"}) == "12 November 2026 – 13 November 2026"


def test_a_mail_of_which_the_server_says_nothing_and_one_from_our_own_mailbox_say_so(desk: Desk) -> None:
    said = desk.problem(authentication=None)
    page = browser(desk.ada).get(f"/c/open/{said.number}/").content.decode()
    assert "The mail server says nothing of the sender" in page
    assert "from a mailbox of ours" not in page
    ours = desk.problem("Who moved my chair?", sender=Person(address=desk.channel.address.upper()))
    page = browser(desk.ada).get(f"/c/open/{ours.number}/").content.decode()
    assert "from a mailbox of ours" in page
