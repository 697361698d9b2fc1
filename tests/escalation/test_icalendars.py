"""Plans as files: what goes out comes in again and changes nothing; what is hostile is refused in a sentence."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from escalation.icalendars import LARGEST, MOST, Imported, export, import_
from escalation.models import Change, ChangeKind
from escalation.planning import plan_change
from inbox.errors import Invalid, NotAllowed
from inbox.models import Agent
from tests.escalation.plans import at, otherwise, works
from tests.inbox.desk_of_five import NOW, Desk


def event(title: str, *lines: str, uid: str = "one@example.com") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT"])


def calendar(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *events, "END:VCALENDAR", ""]).encode()


WHOLE_DAY = ("DTSTART;VALUE=DATE:20261104", "DTEND;VALUE=DATE:20261105")


def known(agent: Agent) -> list[tuple[str, str, str, str]]:
    rows = Change.objects.filter(agent=agent).order_by("starts_at")
    return [(c.kind, f"{c.starts_at:%d %H:%M}", f"{c.ends_at:%d %H:%M}", c.reason) for c in rows]


def test_days_off_sick_leaves_and_extra_shifts_come_in(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00", zone="Europe/Berlin")
    raw = calendar(
        event("Vacation: the sea", *WHOLE_DAY),
        event("Больничный", "DTSTART:20261105T090000", "DTEND:20261105T170000", uid="two"),
        event("Saturday", "CATEGORIES:EXTRA", "DTSTART:20261107T080000Z", "DURATION:PT2H", uid="three"),
        event("Dentist", "DTSTART;TZID=Europe/Berlin:20261106T100000", "DURATION:PT1H", uid="four"),
    )
    assert import_(desk.ada, raw, by=desk.sam, now=NOW) == Imported(made=3, others=1)
    assert known(desk.ada) == [
        ("day_off", "03 23:00", "04 23:00", "the sea"),
        ("sick", "05 08:00", "05 16:00", ""),
        ("extra", "07 08:00", "07 10:00", "Saturday"),
    ]
    assert import_(desk.ada, raw, by=desk.sam, now=NOW) == Imported(same=3, others=1)


def test_an_event_that_moved_or_was_cancelled_is_followed(desk: Desk) -> None:
    import_(desk.ada, calendar(event("Day off", *WHOLE_DAY)), by=desk.sam, now=NOW)
    moved = event("Day off", "DTSTART;VALUE=DATE:20261105")
    assert import_(desk.ada, calendar(moved), by=desk.sam, now=NOW) == Imported(altered=1)
    assert known(desk.ada) == [("day_off", "05 00:00", "06 00:00", "")]
    cancelled = calendar(event("Day off", *WHOLE_DAY, "STATUS:CANCELLED"))
    assert import_(desk.ada, cancelled, by=desk.sam, now=NOW) == Imported(dropped=1)
    assert import_(desk.ada, cancelled, by=desk.sam, now=NOW) == Imported(same=1)
    assert known(desk.ada) == []


EVERY_WEEK = ("DTSTART;TZID=Europe/Berlin:20261023T090000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;COUNT=5")


def test_what_is_repeated_comes_in_one_by_one_by_the_clock_of_the_wall(desk: Desk) -> None:
    raw = calendar(event("Day off", *EVERY_WEEK, "EXDATE;TZID=Europe/Berlin:20261106T090000"))
    assert import_(desk.ada, raw, by=desk.sam, now=NOW) == Imported(made=4)
    assert [starts for _kind, starts, _ends, _reason in known(desk.ada)] == [
        "23 07:00",
        "30 08:00",
        "13 08:00",
        "20 08:00",
    ]
    assert import_(desk.ada, raw, by=desk.sam, now=NOW) == Imported(same=4)
    assert import_(desk.ada, export(desk.ada, NOW), by=desk.sam, now=NOW).same == 4


def test_one_of_a_series_may_be_moved_or_be_something_else(desk: Desk) -> None:
    moved = (
        "RECURRENCE-ID;TZID=Europe/Berlin:20261106T090000",
        "DTSTART;TZID=Europe/Berlin:20261107T120000",
        "DURATION:PT1H",
    )
    other = (
        "RECURRENCE-ID;TZID=Europe/Berlin:20261113T090000",
        "DTSTART;TZID=Europe/Berlin:20261113T090000",
        "DURATION:PT2H",
    )
    whole = event("Day off", *EVERY_WEEK)
    assert import_(desk.ada, calendar(whole), by=desk.sam, now=NOW).made == 5
    done = import_(desk.ada, calendar(whole, event("Day off", *moved), event("Work", *other)), by=desk.sam, now=NOW)
    assert done == Imported(altered=1, dropped=1, same=3)
    assert [starts for _kind, starts, _ends, _reason in known(desk.ada)] == [
        "23 07:00",
        "30 08:00",
        "07 11:00",
        "20 08:00",
    ]


def test_a_series_that_ends_earlier_is_followed_and_so_is_one_that_is_none_any_more(desk: Desk) -> None:
    import_(desk.ada, calendar(event("Day off", *EVERY_WEEK)), by=desk.sam, now=NOW)
    until = event("Day off", *EVERY_WEEK[:2], "RRULE:FREQ=WEEKLY;UNTIL=20261030T080000Z")
    assert import_(desk.ada, calendar(until), by=desk.sam, now=NOW) == Imported(same=2, dropped=3)
    once = event("Day off", *EVERY_WEEK[:2])
    assert import_(desk.ada, calendar(once), by=desk.sam, now=NOW) == Imported(made=1, dropped=2)
    cancelled = event("Day off", *EVERY_WEEK, "STATUS:CANCELLED")
    import_(desk.ada, calendar(cancelled), by=desk.sam, now=NOW)
    assert known(desk.ada) == []


def test_what_is_repeated_without_end_is_read_as_far_as_plans_reach(desk: Desk) -> None:
    raw = calendar(event("Day off", "DTSTART;VALUE=DATE:20200106", "RRULE:FREQ=WEEKLY;BYDAY=MO"))
    assert import_(desk.ada, raw, by=desk.sam, now=NOW).made == 31
    month_later = NOW + timedelta(days=28)
    assert import_(desk.ada, raw, by=desk.sam, now=month_later) == Imported(made=4, same=27)
    assert Change.objects.count() == 35


def test_a_rota_of_another_program_comes_in_as_extra_shifts(desk: Desk) -> None:
    raw = calendar(
        event("Смена", "DTSTART:20261104T080000Z", "DURATION:PT8H", "RRULE:FREQ=WEEKLY;COUNT=2"),
        event("Early", "CATEGORIES:Shift", "DTSTART:20261105T060000Z", "DURATION:PT8H", uid="two"),
        event("Shift planning with Sam", "DTSTART:20261106T060000Z", "DURATION:PT1H", uid="three"),
    )
    assert import_(desk.ada, raw, by=desk.sam, now=NOW) == Imported(made=3, others=1)
    assert known(desk.ada) == [
        ("extra", "04 08:00", "04 16:00", ""),
        ("extra", "05 06:00", "05 14:00", "Early"),
        ("extra", "11 08:00", "11 16:00", ""),
    ]


def test_our_own_file_changes_nothing(desk: Desk) -> None:
    works(desk.ada, "22:00", "06:00", zone="Europe/Berlin")
    otherwise(desk.ada, ChangeKind.SICK, "05T00:00", "06T00:00")
    plan_change(
        desk.ada,
        ChangeKind.DAY_OFF,
        starts_at=at("08T00:00"),
        ends_at=at("09T00:00"),
        reason="the sea",
        by=desk.sam,
        now=NOW,
    )
    import_(desk.ada, calendar(event("Extra", *WHOLE_DAY)), by=desk.sam, now=NOW)
    before = known(desk.ada)
    done = import_(desk.ada, export(desk.ada, NOW), by=desk.sam, now=NOW)
    assert (done.same, done.made, done.altered, done.dropped) == (3, 0, 0, 0)
    assert known(desk.ada) == before
    Change.objects.filter(uid="").delete()
    assert import_(desk.ada, export(desk.ada, NOW), by=desk.sam, now=NOW).same == 1


def test_a_file_of_another_installation_comes_in_once(desk: Desk) -> None:
    raw = calendar(event("Day off", *WHOLE_DAY, uid="otvet-change-999999"))
    assert import_(desk.ada, raw, by=desk.sam, now=NOW).made == 1
    assert import_(desk.ada, raw, by=desk.sam, now=NOW).same == 1


def test_a_file_has_shifts_as_they_will_be(desk: Desk) -> None:
    works(desk.ada, "22:00", "06:00", zone="Europe/Berlin", days="6")
    shifts = [
        part
        for part in Calendar.from_ical(export(desk.ada, at("2026-10-20T00:00"))).walk("VEVENT")
        if str(part["summary"]) == "Shift"
    ]
    lasts = {part.decoded("dtend") - part.decoded("dtstart") for part in shifts}
    assert {timedelta(hours=8), timedelta(hours=9), timedelta(hours=7)} >= lasts > {timedelta(hours=8)}
    assert len({str(part["uid"]) for part in shifts}) == len(shifts)
    assert export(desk.ada, NOW) == export(desk.ada, NOW)


DEEP = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3000 + b"END:VEVENT\r\n" * 3000 + b"END:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(b"", "no iCalendar", id="nothing"),
        pytest.param(b"\x00\xff\xfe" * 100, "no iCalendar", id="noise"),
        pytest.param(b"x" * (LARGEST + 1), "too large", id="large"),
        pytest.param(DEEP, "no iCalendar", id="deep"),
        pytest.param(calendar(*[event("x", uid=str(n)) for n in range(MOST + 1)]), "too many", id="many"),
        pytest.param(calendar(event("Sick", *WHOLE_DAY, uid="")), "no UID", id="without a name"),
        pytest.param(calendar(event("Sick", *WHOLE_DAY, uid="x" * 300)), "no UID", id="with an endless name"),
        pytest.param(calendar(event("Sick", *WHOLE_DAY, "RRULE:FREQ=SECONDLY")), "is repeated", id="every second"),
        pytest.param(calendar(event("Sick", *WHOLE_DAY, "RRULE:FREQ=DAILY;BYHOUR=1,2")), "is repeated", id="by hours"),
        pytest.param(calendar(event("Sick", *WHOLE_DAY, "RRULE:FREQ=OFTEN")), "no", id="a rule that is none"),
        pytest.param(calendar(event("Sick", "RRULE:FREQ=DAILY")), "no", id="repeated without times"),
        pytest.param(
            calendar(*[event("Sick", *WHOLE_DAY, "RRULE:FREQ=DAILY", uid=str(n)) for n in range(MOST)]),
            "too many",
            id="many a day",
        ),
        pytest.param(calendar(event("Sick")), "no times", id="without times"),
        pytest.param(calendar(event("Sick", "DTSTART:yesterday")), "no", id="times that are none"),
        pytest.param(calendar(event("Sick", "DTSTART:99991231T235959Z", "DURATION:P9999999D")), "no times", id="ages"),
        pytest.param(
            calendar(event("Sick", "DTSTART:20261104T100000", "DTEND:20261104T090000")), "no times", id="back"
        ),
        pytest.param(calendar(event("Sick", "DTSTART:19700101T100000Z", "DURATION:PT1H")), "no times", id="long ago"),
        pytest.param(calendar(event("Sick", *WHOLE_DAY), event("Sick", *WHOLE_DAY)), "same UID", id="the same twice"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(desk: Desk, raw: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        import_(desk.ada, raw, by=desk.sam, now=NOW)
    assert known(desk.ada) == []


def test_nobody_gives_himself_days_off(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        import_(desk.ada, calendar(event("Day off", *WHOLE_DAY)), by=desk.ada, now=NOW)
