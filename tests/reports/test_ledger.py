"""The ledger: everything that came in has one proven outcome, and a page shows it, with a link to each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Item, Message, Outcome
from reports import measures, tasks
from tests.inbox.desk_of_five import Desk, browser, item

LEDGER = "/reports/ledger/"


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Today: one problem, one mail held back and one that cannot be read, all of them settled a while ago."""
    now = timezone.now() - timedelta(hours=1)
    desk.clock = now
    desk.problem()
    reason = {"sentence": "Held", "facts": {}, "from": "carla@example.com", "subject": "Zanzibar"}
    item(desk.channel, now, outcome=Outcome.QUARANTINE, opened_at=now, reason=reason)
    item(desk.channel_elsewhere, now, outcome=Outcome.UNREADABLE, opened_at=now)
    Item.objects.filter(message__isnull=False).update(outcome=Outcome.MESSAGE, opened_at=now)
    return desk


def lines(desk: Desk) -> list[tuple[str, int, dict[str, int], int]]:
    now = timezone.now()
    found = measures.ledger(
        [desk.channel.pk, desk.channel_elsewhere.pk], now - timedelta(days=2), now + timedelta(days=1), "UTC"
    )
    return sorted((line.channel, line.items, line.outcomes, line.difference) for line in found)


def test_items_are_the_sum_of_their_outcomes(busy: Desk) -> None:
    assert lines(busy) == [
        ("sales@example.com", 1, {"unreadable": 1}, 0),
        ("support@example.com", 2, {"message": 1, "quarantine": 1}, 0),
    ]
    assert "The sums are right." in browser(busy.sam).get(LEDGER).content.decode()


def lose_a_message() -> None:
    Message.objects.update(item=None)


def lose_an_item() -> None:
    Item.objects.filter(outcome=Outcome.QUARANTINE).delete()


@pytest.mark.parametrize("loss", [lose_a_message, lose_an_item])
def test_what_has_no_proven_outcome_is_red_and_an_alarm(
    busy: Desk, loss: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    loss()
    assert [difference for *_, difference in lines(busy)] == [0, 1]
    page = browser(busy.sam).get(LEDGER).content.decode()
    assert 'role="alert"' in page
    assert 'class="fact" data-tone="over"' in page
    tasks.check_ledger()
    assert "1 items have no proven outcome" in caplog.text


def test_each_number_leads_to_its_items(busy: Desk) -> None:
    sam = browser(busy.sam)
    day = (timezone.now() - timedelta(hours=1)).date()
    link = f"{LEDGER}{busy.channel.pk}/{day}/message/"
    assert link in sam.get(LEDGER).content.decode()
    assert busy.channel.conversations.get().label in sam.get(link).content.decode()


def test_a_supervisor_sees_the_channels_of_his_team_and_an_admin_no_content(busy: Desk) -> None:
    page = browser(busy.sam).get(LEDGER).content.decode()
    assert "support@example.com" in page
    assert "sales@example.com" not in page
    held = Item.objects.get(outcome=Outcome.QUARANTINE)
    kim = browser(busy.kim).get(f"{LEDGER}{busy.channel.pk}/{held.received_at.date()}/quarantine/").content.decode()
    assert "Held" in kim
    assert "Zanzibar" not in kim
    assert ".eml" not in kim
    assert browser(busy.ada).get(LEDGER).status_code == 403


@pytest.mark.parametrize("day", ["9999-12-31", "2026-13-01", "today", "2026-11-02T00:00+00:00"])
def test_a_day_that_there_is_not_is_not_found(busy: Desk, day: str) -> None:
    assert browser(busy.sam).get(f"{LEDGER}{busy.channel.pk}/{day}/message/").status_code == 404
