"""Times as people read them."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone, translation

from inbox.dates import dated
from inbox.models import Conversation
from inbox.web.deadlines import window
from inbox.web.times import hour, instant, moment

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
