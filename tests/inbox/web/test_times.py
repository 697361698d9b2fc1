"""Times as people read them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from inbox.dates import dated
from inbox.models import Conversation
from inbox.web.deadlines import window
from inbox.web.times import hour, instant, moment, put_off_to
from tests.inbox.desk_of_five import Desk, browser

LONG_AGO = datetime(2020, 3, 5, 14, 3, tzinfo=UTC)


def test_a_time_to_the_minute_has_its_hour_whatever_day_it_was() -> None:
    assert ">5 Mar 2020, 14:03<" in instant(LONG_AGO)
    assert ">14:03<" in hour(LONG_AGO)
    assert "14:03<" not in moment(LONG_AGO), "a narrow place has the day alone"
    now = timezone.localtime()
    assert f">{now:%H:%M}<" in instant(now)
    assert f", {now:%H:%M}<" in instant(now - timedelta(days=2))


def test_russian_begins_no_month_and_no_day_with_a_capital() -> None:
    assert dated(LONG_AGO, "D j M, H:i") == "Thu 5 Mar, 14:03"
    with translation.override("ru"):
        assert dated(LONG_AGO, "D j M, H:i") == "чт 5 мар, 14:03"
        assert ">5 мар 2020, 14:03<" in instant(LONG_AGO)


def test_a_row_shows_what_is_left_of_the_window_and_since_when_it_is_shut() -> None:
    now = timezone.now()
    long, near, over = (
        window(Conversation(window_until=now + left))
        for left in (timedelta(hours=3, minutes=1), timedelta(minutes=50, seconds=30), timedelta(days=-2))
    )
    assert 'data-tone=""' in long
    assert "data-left>3 h<" in long
    assert 'data-tone="soon"' in near
    assert "data-left>50 min<" in near
    assert 'data-tone="over"' in over
    assert "shut since" in over
    assert "data-left" not in over


@pytest.mark.parametrize(
    ("now", "times"),
    [
        (datetime(2026, 11, 27, 22, 16, tzinfo=UTC), ["28 04:30", "29 09:00", "30 09:00"]),  # Saturday in Moscow
        (datetime(2026, 11, 29, 6, 0, tzinfo=UTC), ["29 12:00", "30 09:00"]),
        (datetime(2026, 11, 30, 6, 1, tzinfo=UTC), ["30 12:15", "01 09:00", "07 09:00"]),
    ],
)
def test_what_is_put_aside_comes_back_in_hours_the_next_morning_or_on_monday(now: datetime, times: list[str]) -> None:
    with timezone.override(ZoneInfo("Europe/Moscow")):
        assert [f"{at:%d %H:%M}" for at in put_off_to(now).values()] == times


def test_a_button_puts_it_aside_until_the_time_that_it_names(desk: Desk) -> None:
    row = desk.problem()
    ada = browser(desk.ada)
    menu = ada.get(f"/c/open/{row.number}/menu/").content.decode()
    times = re.findall(r'name="until" value="([^"]+)" formnovalidate>\s*<span>([\w ]+),', menu)
    assert [called for _until, called in times][:2] == ["In 3 hours", "Tomorrow"]
    ada.post(f"/c/open/{row.number}/wait/", {"until": ["", times[1][0]]})
    row.refresh_from_db()
    assert row.snoozed_until == datetime.fromisoformat(times[1][0])
    told = ada.get(f"/c/pending/{row.number}/").content.decode()
    assert f"Ada snoozed it until {timezone.localtime(row.snoozed_until):%-d %b}" in told
