"""Two timetables at once do a job once."""

import os
from datetime import timedelta
from functools import partial

import pytest
from celery.beat import Scheduler
from django.utils import timezone

from config.celery import TIMETABLE, app
from inbox import blobs, spending
from inbox.models import Agent, Bought, OneTimeLink, Purpose, Slot
from inbox.timetable import KEPT_FOR, clear_away, run, slot_of, take_turn
from tests.inbox.desk_of_five import NOW, Desk
from tests.inbox.parallel import at_once

ran: list[str] = []


def job() -> None:
    """What the timetable does here."""
    ran.append("once")


def breaks() -> None:
    """A job that fails."""
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    ran.clear()
    monkeypatch.setattr("inbox.timetable.timezone.now", lambda: NOW)


@pytest.mark.django_db(transaction=True)
def test_two_beats_are_one_run() -> None:
    at_once([partial(run, "job", f"{__name__}.job", 15.0) for _ in range(8)])
    assert ran == ["once"]
    assert Slot.objects.get().finished_at == NOW


def test_the_next_turn_runs_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run("job", f"{__name__}.job", 15.0)
    monkeypatch.setattr("inbox.timetable.timezone.now", lambda: NOW + timedelta(seconds=15))
    run("job", f"{__name__}.job", 15.0)
    assert ran == ["once", "once"]


def test_whoever_starts_anew_does_soon_what_is_done_seldom() -> None:
    """A timetable knows nothing of turns before its start: one that starts each morning would do no job of a day."""
    beat = Scheduler(app, lazy=True)
    beat.setup_schedule()
    began = app.now()
    for name, (_task, every) in TIMETABLE.items():
        entry = beat.schedule[name]
        assert entry.schedule
        assert entry.args
        assert entry.schedule.remaining_estimate(began) <= timedelta(minutes=5), name
        assert entry.args[2] == every.total_seconds(), name


def test_a_turn_begins_at_a_whole_period() -> None:
    assert slot_of(NOW + timedelta(seconds=14.9), 15) == NOW
    assert slot_of(NOW + timedelta(seconds=15), 15) == NOW + timedelta(seconds=15)


def test_two_jobs_have_turns_of_their_own(db: None) -> None:
    assert take_turn("one", 15, NOW)
    assert take_turn("two", 15, NOW)
    assert not take_turn("one", 15, NOW)


def test_a_job_that_failed_is_not_marked_as_done(db: None) -> None:
    with pytest.raises(ZeroDivisionError):
        run("job", f"{__name__}.breaks", 15.0)
    assert Slot.objects.get().finished_at is None


def test_old_turns_and_dead_links_are_cleared_away(desk: Desk) -> None:
    now = timezone.now()
    take_turn("old", 15, now - KEPT_FOR - timedelta(minutes=1))
    take_turn("new", 15, now)
    for ended, digest in ((now - KEPT_FOR - timedelta(minutes=1), "a"), (now, "b")):
        OneTimeLink.objects.create(
            agent=Agent.objects.get(pk=desk.ada.pk), purpose=Purpose.INVITE, digest=digest, expires_at=ended
        )
    clear_away()
    assert list(Slot.objects.values_list("job", flat=True)) == ["new"]
    assert list(OneTimeLink.objects.values_list("digest", flat=True)) == ["b"]


def test_what_was_bought_before_today_is_forgotten(desk: Desk) -> None:
    for now in (NOW - timedelta(days=1), NOW):
        spending.note_things(desk.channel, {}, {"dm_read": {"1", "2"}}, now)
    clear_away()
    assert set(Bought.objects.values_list("day", flat=True)) == {NOW.date()}


def test_files_that_were_never_finished_are_removed_and_those_under_way_are_not(desk: Desk) -> None:
    file, folder, fresh = (blobs.landing() / name for name in ("half", "item-1", "fresh"))
    folder.mkdir()
    (folder / "part").write_bytes(b"half a lamp")
    for path in (file, fresh):
        path.write_bytes(b"half a lamp")
    for path, at in ((file, NOW - KEPT_FOR * 2), (folder, NOW - KEPT_FOR * 2), (fresh, NOW)):
        os.utime(path, (at.timestamp(), at.timestamp()))
    clear_away()
    assert list(blobs.landing().iterdir()) == [fresh]
