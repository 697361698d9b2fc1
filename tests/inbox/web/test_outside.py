"""What a customer said elsewhere is written down on a page, with its files."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from inbox import blobs
from inbox.models import Attachment, Conversation
from inbox.web import outside
from inbox.web.outside import WallClockField
from tests.inbox.desk_of_five import Desk, browser

PNG = b"\x89PNG\r\n\x1a\n" + b"a lamp"


@pytest.fixture
def ada(desk: Desk) -> Client:
    return browser(desk.ada)


def told(desk: Desk, **other: object) -> dict[str, object]:
    """The form, filled in."""
    when = timezone.localtime(timezone.now() - timedelta(hours=1))
    filled = {"who": "Carla", "where": "My WhatsApp", "address": "+49 30 901820", "text": "It is broken"}
    return {**filled, "happened_at": f"{when:%Y-%m-%dT%H:%M}", "team": desk.team.pk, **other}


def test_it_is_written_down_with_its_file(desk: Desk, ada: Client) -> None:
    picture = SimpleUploadedFile("lamp.png", PNG, "image/png")
    shown = ada.post("/outside/", told(desk, attached=picture), follow=True).content.decode()
    conversation = Conversation.objects.get()
    file = Attachment.objects.get()
    assert (conversation.owner, file.name, blobs.read(file.sha256)) == (desk.ada, "lamp.png", PNG)
    assert "Answer here, then give the answer there." in shown
    assert "lamp.png" in shown
    assert "My WhatsApp" in shown


def test_a_file_says_enough_without_a_word(desk: Desk, ada: Client) -> None:
    ada.post("/outside/", told(desk, text="", attached=SimpleUploadedFile("lamp.png", PNG, "image/png")))
    assert Conversation.objects.get().messages.get().attachments.count() == 1


def test_several_files_are_all_kept(desk: Desk, ada: Client) -> None:
    files = [SimpleUploadedFile(f"{name}.png", PNG + name.encode(), "image/png") for name in ("one", "two")]
    ada.post("/outside/", told(desk, attached=files))
    assert set(Attachment.objects.values_list("name", flat=True)) == {"one.png", "two.png"}


def test_a_file_that_is_too_large_is_named(desk: Desk, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "LARGEST_UPLOAD", 5)
    shown = ada.post("/outside/", told(desk, attached=SimpleUploadedFile("lamp.png", PNG))).content.decode()
    assert "lamp.png" in shown
    assert "It is broken" in shown
    assert not Attachment.objects.exists()


def test_what_is_refused_keeps_what_was_typed(desk: Desk, ada: Client) -> None:
    tomorrow = f"{timezone.localtime(timezone.now() + timedelta(days=1)):%Y-%m-%dT%H:%M}"
    shown = ada.post("/outside/", told(desk, happened_at=tomorrow)).content.decode()
    assert "This has not happened yet" in shown
    assert "It is broken" in shown
    assert not Conversation.objects.exists()


def test_a_customer_whom_one_may_not_see_is_not_known(desk: Desk, ada: Client) -> None:
    theirs = desk.problem(channel=desk.channel_elsewhere).customer
    shown = ada.post("/outside/", told(desk, number=theirs.label)).content.decode()
    assert "No customer of that number is known to you." in shown


def test_only_teams_that_one_answers_for_are_offered(desk: Desk, ada: Client) -> None:
    assert "Sales" not in ada.get("/outside/").content.decode()
    ada.post("/outside/", told(desk, team=desk.elsewhere.pk))
    assert not Conversation.objects.exists()


def test_who_does_not_answer_customers_writes_nothing_down(desk: Desk) -> None:
    assert browser(desk.kim).get("/outside/").status_code == 403


@pytest.mark.parametrize("letter", ["C", "С", "с"])  # of the Latin alphabet, and of the Cyrillic one
def test_a_customers_number_may_be_written_with_either_c(desk: Desk, ada: Client, letter: str) -> None:
    carla = desk.problem().customer
    ada.post("/outside/", told(desk, number=f"{letter}-{carla.number}"))
    assert list(Conversation.objects.values_list("customer", flat=True)) == [carla.pk, carla.pk]


@pytest.mark.parametrize(
    ("now", "instant"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_its_own_time_is_taken_also_in_the_hour_that_clocks_repeat(
    monkeypatch: pytest.MonkeyPatch, now: datetime, instant: datetime
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)
    with timezone.override("Europe/Berlin"):
        assert WallClockField().clean(f"{timezone.localtime(now):%Y-%m-%dT%H:%M}") == instant
