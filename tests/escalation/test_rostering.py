"""Plans are carried out: once, in order, however often or seldom somebody looks."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from escalation.models import ChangeKind, Proposal, Roster, Shift
from escalation.rostering import absent, look, run
from escalation.rosters import look_at
from inbox.desk.people import switch_off
from inbox.desk.presence import come_back, come_on_shift, go_off_shift, seen, step_away
from inbox.desk.take import take
from inbox.errors import NotAllowed
from inbox.models import Activity, Agent, Cause, Conversation, Membership, Notice, NoticeKind, Role, Status
from tests.escalation.plans import at, otherwise, works
from tests.inbox.desk_of_five import Desk, history
from tests.inbox.parallel import at_once


def status(agent: Agent) -> str:
    agent.refresh_from_db()
    return agent.status


def due(agent: Agent) -> datetime | None:
    return Roster.objects.get(pk=agent.pk).due_at


def log() -> list[str]:
    verbs = {"came_on_shift": "on", "went_off_shift": "off", "handed_over": "moved"}
    rows = Activity.objects.filter(verb__in=verbs).order_by("pk")
    names = dict(Agent.objects.values_list("pk", "name"))
    return [f"{row.at:%d %H:%M} {names[row.data['agent']]} {verbs[row.verb]}" for row in rows]


def told(agent: Agent) -> list[str]:
    kinds = [NoticeKind.SHIFT_ENDS, NoticeKind.AWAY_LONG, NoticeKind.ABSENT, NoticeKind.LEFT_EARLY]
    return list(Notice.objects.filter(agent=agent, kind__in=kinds).order_by("pk").values_list("kind", flat=True))


def works_on(desk: Desk, agent: Agent, subject: str = "A broken lamp") -> Conversation:
    conversation = desk.problem(f"{subject} {agent.pk}", subject=subject)
    return take(conversation, by=agent, now=desk.later(seconds=1))


def day(agent: Agent, *instants: str) -> None:
    """The day goes by, with somebody at his desk."""
    for instant in instants:
        seen(agent, at(instant))
        run(at(instant))


def test_a_shift_begins_and_ends(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00", days="12")
    run(at("02T08:00"))
    assert (status(desk.ada), desk.ada.next_shift_at, due(desk.ada)) == (Status.OFF, at("02T09:00"), at("02T09:00"))
    run(at("02T09:00"))
    assert (status(desk.ada), desk.ada.on_shift_until) == (Status.ON_SHIFT, at("02T17:00"))
    assert desk.ada.next_shift_at == at("03T09:00")
    day(desk.ada, "02T09:30", "02T16:40", "02T17:00")
    assert (status(desk.ada), due(desk.ada)) == (Status.OFF, at("03T09:00"))
    assert log() == ["02 09:00 Ada on", "02 17:00 Ada off"]


def test_nothing_happens_twice(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    for minute in range(0, 120, 7):
        now = at("02T08:30") + timedelta(minutes=minute)
        seen(desk.ada, now)
        look_at([desk.ada.pk], now)
        run(now)
        run(now)
    assert log() == ["02 09:05 Ada on"]


def test_fifteen_minutes_before_the_end_there_is_a_list_and_one_notice(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.sam, "09:00", "20:00")
    day(desk.ada, "02T09:00")
    day(desk.sam, "02T09:01")
    works_on(desk, desk.ada)
    day(desk.ada, "02T16:44")
    day(desk.sam, "02T16:44")
    assert (told(desk.ada), due(desk.ada)) == ([], at("02T16:45"))
    day(desk.ada, "02T16:45", "02T16:50")
    assert told(desk.ada) == [NoticeKind.SHIFT_ENDS]
    assert Proposal.objects.get().receiver == desk.sam


def test_at_the_end_what_is_open_moves_and_what_waits_stays(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.sam, "09:00", "20:00")
    day(desk.ada, "02T09:00")
    moves, waits = works_on(desk, desk.ada), works_on(desk, desk.ada, "A second lamp")
    desk.answers(waits)
    day(desk.sam, "02T16:44")
    day(desk.ada, "02T16:44", "02T17:00")
    assert history(moves)[-1] == ("Sam", Cause.SHIFT_END, "")
    assert history(waits)[-1][0] == "Ada"
    assert log()[-2:] == ["02 17:00 Ada off", "02 17:00 Ada moved"]
    assert not Proposal.objects.exists()


def test_nobody_is_there_at_the_end_so_it_goes_to_the_queue(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00")
    moves = works_on(desk, desk.ada)
    day(desk.ada, "02T16:59", "02T17:00")
    assert history(moves)[-1] == ("queue", Cause.SHIFT_END, "")


def test_two_whose_shifts_end_at_once_are_nobodys_receivers(desk: Desk) -> None:
    for agent in (desk.ada, desk.sam):
        works(agent, "09:00", "17:00")
    run(at("02T09:00"))
    problems = [works_on(desk, agent) for agent in (desk.ada, desk.sam)]
    for agent in (desk.ada, desk.sam):
        seen(agent, at("02T16:59"))
    run(at("02T16:59"))
    run(at("02T17:00"))
    for problem in problems:
        assert [cause for _owner, cause, _end in history(problem)].count(Cause.SHIFT_END) == 1
        assert history(problem)[-1] == ("queue", Cause.SHIFT_END, "")


def test_after_a_weekend_without_a_server_each_thing_happens_once_and_in_order(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.sam, "12:00", "20:00")
    run(at("02T09:00"))
    moves = works_on(desk, desk.ada)
    run(at("05T13:00"))
    assert log() == [
        "02 09:00 Ada on",
        "05 13:00 Ada off",
        "05 13:00 Ada moved",
        "05 13:00 Ada on",
        "05 13:00 Sam on",
    ]
    assert history(moves)[-1][1] == Cause.SHIFT_END
    run(at("05T13:00"))
    assert len(log()) == 5


def test_while_nobody_looked_nobody_was_absent(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00", "02T10:00")
    run(at("02T12:00"))
    assert status(desk.ada) == Status.ON_SHIFT
    run(at("02T12:30"))
    assert status(desk.ada) == Status.OFF


def test_who_is_not_seen_for_half_an_hour_of_his_shift_is_absent(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.max, "09:00", "17:00")
    run(at("02T09:00"))
    moves = works_on(desk, desk.ada)
    seen(desk.max, at("02T09:29"))
    day(desk.ada, "02T09:20")
    run(at("02T09:30"))
    run(at("02T09:49"))
    assert status(desk.ada) == Status.ON_SHIFT
    run(at("02T09:50"))
    assert status(desk.ada) == Status.OFF
    assert history(moves)[-1][1:] == (Cause.ABSENCE, "")
    assert (told(desk.ada), told(desk.sam)) == ([NoticeKind.ABSENT], [NoticeKind.ABSENT])
    day(desk.ada, "02T10:30")
    assert status(desk.ada) == Status.OFF, "he says himself when he is back"
    come_on_shift(desk.ada, now=at("02T10:40"), by=desk.ada)
    run(at("02T10:40"))
    desk.ada.refresh_from_db()
    assert (desk.ada.status, desk.ada.on_shift_until) == (Status.ON_SHIFT, at("02T17:00"))
    assert told(desk.sam) == [NoticeKind.ABSENT]


def test_who_is_away_keeps_his_work_and_is_offered_to_hand_over_once(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    run(at("02T09:00"))
    keeps = works_on(desk, desk.ada)
    step_away(desk.ada, now=at("02T09:10"))
    for minute in ("02T09:39", "02T09:40", "02T10:00", "02T10:09"):
        run(at(minute))
        assert (told(desk.ada) == []) == (minute == "02T09:39"), minute
    assert (status(desk.ada), told(desk.ada)) == (Status.AWAY, [NoticeKind.AWAY_LONG])
    assert history(keeps)[-1][0] == "Ada"
    come_back(desk.ada, now=at("02T10:09"))
    run(at("02T10:10"))
    assert status(desk.ada) == Status.ON_SHIFT, "who has just come back is seen"
    step_away(desk.ada, now=at("02T12:05"))
    run(at("02T12:35"))
    assert told(desk.ada) == [NoticeKind.AWAY_LONG] * 2


@pytest.mark.parametrize("is_planned", [True, False])
def test_a_moment_that_has_no_end_is_an_absence(desk: Desk, is_planned: bool) -> None:
    if is_planned:
        works(desk.ada, "09:00", "17:00")
    else:
        come_on_shift(desk.ada, now=at("02T09:00"), by=desk.ada)
    run(at("02T09:00"))
    moves = works_on(desk, desk.ada)
    step_away(desk.ada, now=at("02T09:10"))
    for minute in ("02T09:40", "02T10:09"):
        run(at(minute))
        assert status(desk.ada) == Status.AWAY
    run(at("02T10:10"))
    assert (status(desk.ada), told(desk.sam)) == (Status.OFF, [NoticeKind.ABSENT])
    assert history(moves)[-1] == ("queue", Cause.ABSENCE, "")


def test_who_leaves_early_hands_over_and_is_not_called_back(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    run(at("02T09:00"))
    moves = works_on(desk, desk.ada)
    go_off_shift(desk.ada, now=at("02T09:15"), by=desk.ada)
    run(at("02T09:15"))
    assert history(moves)[-1] == ("queue", Cause.ABSENCE, ""), "it is not the end of his shift"
    assert told(desk.sam) == [NoticeKind.LEFT_EARLY]
    run(at("02T12:00"))
    assert status(desk.ada) == Status.OFF
    day(desk.ada, "02T17:00", "03T09:00")
    assert status(desk.ada) == Status.ON_SHIFT, "tomorrow is another day"
    assert log() == ["02 09:00 Ada on", "02 09:15 Ada off", "02 09:15 Ada moved", "03 09:00 Ada on"]


def test_who_has_no_plan_comes_and_goes_by_his_own_word(desk: Desk) -> None:
    come_on_shift(desk.ada, now=at("02T09:00"), by=desk.ada)
    moves = works_on(desk, desk.ada)
    run(at("02T20:00"))
    desk.ada.refresh_from_db()
    assert (desk.ada.status, desk.ada.on_shift_until, due(desk.ada)) == (Status.ON_SHIFT, None, None)
    go_off_shift(desk.ada, now=at("02T20:05"), by=desk.ada)
    run(at("02T20:05"))
    assert history(moves)[-1] == ("queue", Cause.SHIFT_END, "")


def test_who_came_without_a_plan_and_is_seen_no_more_is_absent(desk: Desk) -> None:
    come_on_shift(desk.ada, now=at("02T09:00"), by=desk.ada)
    moves = works_on(desk, desk.ada)
    day(desk.ada, "02T09:00", "02T09:20")
    run(at("02T09:49"))
    assert status(desk.ada) == Status.ON_SHIFT
    run(at("02T09:50"))
    assert (status(desk.ada), told(desk.ada), told(desk.sam)) == (Status.OFF, [NoticeKind.ABSENT], [NoticeKind.ABSENT])
    assert history(moves)[-1] == ("queue", Cause.ABSENCE, "")
    run(at("02T12:00"))
    come_on_shift(desk.ada, now=at("02T12:00"), by=desk.ada)
    day(desk.ada, "02T12:00", "02T12:29", "02T12:58")
    assert status(desk.ada) == Status.ON_SHIFT


def test_who_stays_after_his_planned_shift_is_watched_as_well(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00", "02T16:59", "02T17:00")
    come_on_shift(desk.ada, now=at("02T17:05"), by=desk.ada)
    run(at("02T17:05"))
    run(at("02T17:34"))
    assert status(desk.ada) == Status.ON_SHIFT
    run(at("02T17:35"))
    assert status(desk.ada) == Status.OFF
    run(at("03T09:00"))
    assert status(desk.ada) == Status.ON_SHIFT, "tomorrow is another day"


def test_a_plan_that_changes_in_the_middle_is_followed(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00", "02T09:30")
    otherwise(desk.ada, ChangeKind.EXTRA, "02T17:00", "02T19:00")
    look(desk.ada, at("02T09:40"))
    desk.ada.refresh_from_db()
    assert desk.ada.on_shift_until == at("02T19:00")
    otherwise(desk.ada, ChangeKind.SICK, "02T09:45", "02T17:00")
    look(desk.ada, at("02T09:45"))
    assert status(desk.ada) == Status.OFF
    day(desk.ada, "02T17:00")
    assert (status(desk.ada), desk.ada.on_shift_until) == (Status.ON_SHIFT, at("02T19:00"))


def test_a_shift_planned_longer_at_its_very_end_goes_on(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00", "02T16:58")
    otherwise(desk.ada, ChangeKind.EXTRA, "02T17:00", "02T19:00")
    day(desk.ada, "02T17:01")
    assert log() == ["02 09:00 Ada on"]


def test_a_shift_without_end_is_never_handed_over(desk: Desk) -> None:
    works(desk.ada, "00:00", "00:00")
    for days in range(20):
        day(desk.ada, (at("02T09:00") + timedelta(days=days)).isoformat()[:16])
    desk.ada.refresh_from_db()
    assert (desk.ada.on_shift_until, log()) == (None, ["02 09:00 Ada on"])


def test_who_left_the_company_has_no_plan(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    run(at("02T09:00"))
    switch_off(desk.ada, by=desk.kim, now=at("02T10:00"))
    run(at("02T10:00"))
    run(at("03T09:00"))
    assert (status(desk.ada), due(desk.ada)) == (Status.OFF, None)


@pytest.mark.parametrize(
    ("zone", "starts", "ends"),
    [
        ("Europe/Berlin", "2026-10-24T20:00", "2026-10-25T05:00"),
        ("Europe/Berlin", "2027-03-27T21:00", "2027-03-28T04:00"),
        ("America/New_York", "2026-11-01T02:00", "2026-11-01T11:00"),
        ("Australia/Lord_Howe", "2026-10-03T11:30", "2026-10-03T19:00"),
        ("Asia/Kolkata", "2026-10-24T16:30", "2026-10-25T00:30"),
        ("UTC", "2026-10-24T22:00", "2026-10-25T06:00"),
    ],
)
def test_one_hand_over_for_each_boundary_while_the_clocks_change(desk: Desk, zone: str, starts: str, ends: str) -> None:
    works(desk.ada, "22:00", "06:00", zone=zone)
    now = at(starts) - timedelta(hours=8)
    for _ in range(4 * 36):
        seen(desk.ada, now)
        run(now)
        now += timedelta(minutes=15)
    changes = Activity.objects.filter(verb__in=["came_on_shift", "went_off_shift"]).order_by("pk")
    found = list(changes.values_list("verb", "at"))
    assert found[:2] == [("came_on_shift", at(starts)), ("went_off_shift", at(ends))]
    verbs = [verb for verb, _at in found]
    assert all(one != other for one, other in pairwise(verbs))


def test_a_supervisor_says_that_somebody_is_not_here(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.max, "09:00", "17:00")
    run(at("02T09:00"))
    moves = works_on(desk, desk.ada)
    Membership.objects.create(agent=desk.max, team=desk.team, role=Role.AGENT)
    with pytest.raises(NotAllowed):
        absent(desk.ada, by=desk.ada, now=at("02T09:10"))
    assert absent(desk.ada, by=desk.sam, now=at("02T09:10")) == 1
    assert history(moves)[-1] == ("Max", Cause.ABSENCE, "")
    run(at("02T10:00"))
    assert status(desk.ada) == Status.OFF, "her shift does not begin again"
    day(desk.ada, "03T09:00")
    assert status(desk.ada) == Status.ON_SHIFT


def test_a_plan_that_cannot_be_carried_out_stops_no_other(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.sam, "09:00", "17:00")
    Shift.objects.filter(agent=desk.ada).update(timezone="Nowhere/At_All")
    run(at("02T09:00"))
    assert (status(desk.ada), status(desk.sam)) == (Status.OFF, Status.ON_SHIFT)
    assert due(desk.ada) == at("02T09:05")
    assert "cannot be carried out" in caplog.text


def test_a_crash_between_end_and_moving_is_made_good(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    works(desk.ada, "09:00", "17:00")
    run(at("02T09:00"))
    moves = works_on(desk, desk.ada)
    seen(desk.ada, at("02T16:59"))
    run(at("02T16:59"))

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> int:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr("escalation.handover.move", killed)
        with pytest.raises(Killed):
            run(at("02T17:00"))
    assert (status(desk.ada), history(moves)[-1][0]) == (Status.OFF, "Ada")
    run(at("02T17:00"))
    assert history(moves)[-1] == ("queue", Cause.SHIFT_END, "")


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_do_everything_once(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    works(desk.sam, "08:00", "17:00")
    run(at("02T09:00"))
    problems = [works_on(desk, desk.ada, f"Lamp {n}") for n in range(4)]
    for agent in (desk.ada, desk.sam):
        seen(agent, at("02T16:59"))
    run(at("02T16:59"))
    looks = at_once([lambda: run(at("02T17:00"))] * 4)
    assert all(isinstance(each, int) for each in looks), looks
    assert sorted(entry for entry in log() if entry.endswith("off")) == ["02 17:00 Ada off", "02 17:00 Sam off"]
    for problem in problems:
        assert history(problem)[-1][0] == "queue"
    assert Notice.objects.filter(kind=NoticeKind.SHIFT_ENDS).count() == 1


def test_who_is_seen_again_and_again_is_not_looked_at_for_that(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00")
    assert Roster.objects.get().watch_at == at("02T09:30")
    seen(desk.ada, at("02T09:20"))
    assert run(at("02T09:30")) == 0
    assert Roster.objects.get().watch_at == at("02T09:50")
    assert run(at("02T09:49")) == 0
    assert status(desk.ada) == Status.ON_SHIFT
    run(at("02T09:50"))
    assert (status(desk.ada), told(desk.ada)) == (Status.OFF, [NoticeKind.ABSENT])
    assert Roster.objects.get().watch_at is None


def test_nobody_is_called_absent_because_nobody_looked(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    day(desk.ada, "02T09:00")
    run(at("02T11:00"))
    assert (status(desk.ada), Roster.objects.get().watch_at) == (Status.ON_SHIFT, at("02T11:30"))
