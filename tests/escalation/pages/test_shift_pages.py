"""Pages of shifts: what they show, to whom, and what comes of what is filled in."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from escalation import outlooks
from escalation.models import Change, ChangeKind, Cover, Proposal, Shift, TeamCalendar
from inbox.desk.presence import come_on_shift, step_away
from inbox.desk.take import take
from inbox.models import Agent, Conversation, Membership, Role, Status
from tests.escalation.plans import needs, works
from tests.inbox.desk_of_five import Desk, browser, history


def status(agent: Agent) -> str:
    agent.refresh_from_db()
    return agent.status


def text(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, path
    return page.content.decode()


def mine(desk: Desk, subject: str = "A broken lamp") -> Conversation:
    return take(desk.problem(subject, subject=subject), by=desk.ada, now=desk.later())


def test_one_says_oneself_whether_one_is_here(desk: Desk) -> None:
    ada = browser(desk.ada)
    for what, becomes in (
        ("on", Status.ON_SHIFT),
        ("away", Status.AWAY),
        ("back", Status.ON_SHIFT),
        ("off", Status.OFF),
    ):
        answer = ada.post("/presence/", {"what": what, "back": "/c/open/"})
        assert (answer.status_code, answer["Location"], status(desk.ada)) == (302, "/c/open/", becomes)
    ada.post("/presence/", {"what": "away"})
    assert status(desk.ada) == Status.OFF
    assert "Only who is on shift" in text(ada, "/me/")


@pytest.mark.parametrize(
    "back", ["https://example.com/", "//example.com/", "javascript:alert(1)", "", "\\\\example.com"]
)
def test_nobody_is_sent_elsewhere(desk: Desk, back: str) -> None:
    assert browser(desk.ada).post("/presence/", {"what": "on", "back": back})["Location"] == "/"


def test_ending_a_shift_hands_over_at_once(desk: Desk) -> None:
    come_on_shift(desk.ada, now=timezone.now())
    problem = mine(desk)
    ada = browser(desk.ada)
    ada.post("/presence/", {"what": "off"})
    assert history(problem)[-1][0] == "queue"
    assert "1 conversation was handed over." in text(ada, "/me/")


def test_whoever_posts_is_seen_and_what_pages_ask_for_by_themselves_is_not(desk: Desk) -> None:
    ada = browser(desk.ada)
    for path in ("/c/open/", "/rail/", "/shifts/"):
        ada.get(path)
    assert not Agent.objects.filter(seen_at__isnull=False).exists()
    assert ada.post("/seen/").status_code == 204
    assert list(Agent.objects.filter(seen_at__isnull=False)) == [desk.ada]
    assert ada.get("/seen/").status_code == 405
    assert browser(None).post("/seen/").status_code == 204, "a stranger is nobody"


def test_the_rail_says_until_when_and_when_again(desk: Desk) -> None:
    now = timezone.now()
    ada = browser(desk.ada)
    assert '<span class="small quiet presence">off</span>' in text(ada, "/c/open/")
    far = now + timedelta(days=30)
    Agent.objects.filter(pk=desk.ada.pk).update(next_shift_at=far)
    assert f"off, next shift {far.day} {far:%b}, {far:%H:%M}" in text(ada, "/c/open/")
    Agent.objects.filter(pk=desk.ada.pk).update(status=Status.ON_SHIFT, on_shift_until=far)
    assert "on shift until" in text(ada, "/c/open/")


def test_the_calendar_shows_a_week_of_a_team(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00", days="12345")
    works(desk.sam, "22:00", "06:00", days="2")
    TeamCalendar.objects.create(team=desk.team, country="RU")
    about = {"starts_at": "2026-11-05T00:00Z", "ends_at": "2026-11-06T00:00Z", "at": "2026-11-01T00:00Z"}
    Change.objects.create(agent=desk.ada, kind=ChangeKind.SICK, **about)
    page = text(browser(desk.ada), f"/shifts/?team={desk.team.pk}&week=2026-11-04")
    assert page.count("09:00–17:00") == 3, "one of five is a holiday, and on one she is sick"
    assert ("22:00–24:00" in page, "00:00–06:00" in page) == (True, True)
    assert "Unity Day" in page
    assert ">sick<" in page


def test_the_calendar_asks_the_same_few_questions_for_many(
    desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        agent = Agent.objects.create(name=f"Agent {number}", email=f"{number}@example.com", created_at=timezone.now())
        Membership.objects.create(agent=agent, team=desk.team, role=Role.AGENT)
        works(agent, "09:00", "17:00", days="1")
    sam = browser(desk.sam)
    with django_assert_max_num_queries(32):
        sam.get(f"/shifts/?team={desk.team.pk}")


def test_a_gap_is_marked_and_its_supervisor_is_warned(desk: Desk) -> None:
    needs(desk.team, "00:00", "00:00", people=1)
    outlooks.run(timezone.now())
    sam = browser(desk.sam)
    following = timezone.localdate() + timedelta(days=7)
    page = text(sam, f"/shifts/?team={desk.team.pk}&week={following}")
    assert page.count("00:00–24:00: 1 missing") == 7
    assert "gaps in the plan until the end of next week" in page
    assert "gaps in the plan" not in text(browser(desk.ada), "/shifts/")
    works(desk.ada, "00:00", "00:00")
    assert "missing" not in text(sam, f"/shifts/?team={desk.team.pk}&week={following}")


@pytest.mark.parametrize("query", ["team=x&week=y", "team=99999&week=0001-01-01", "week=9999-12-31", "week=2026-13-40"])
def test_a_week_that_is_none_is_this_week(desk: Desk, query: str) -> None:
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    assert f"{monday:%a} {monday.day} {monday:%b}" in text(browser(desk.sam), f"/shifts/?{query}")


def test_who_works_nowhere_sees_no_calendar_and_an_admin_sees_all(desk: Desk) -> None:
    stranger = Agent.objects.create(name="Ada the Second", email="x@example.com", created_at=timezone.now())
    assert "You work in no team yet." in text(browser(stranger), "/shifts/")
    assert "Sales" in text(browser(desk.kim), "/shifts/")
    assert "Sales" not in text(browser(desk.ada), "/shifts/")


def week(**days: str) -> dict[str, Any]:
    return {
        "zone": "Europe/Berlin",
        "since": "2026-11-02",
        **{f"day_{n}": days.get(f"day_{n}", "") for n in range(1, 8)},
    }


def test_a_supervisor_writes_a_week(desk: Desk) -> None:
    sam = browser(desk.sam)
    path = f"/shifts/people/{desk.ada.pk}/"
    wrong = sam.post(path, week(day_1="nine to five"))
    assert wrong.status_code == 400
    assert "is no stretch of a day" in wrong.content.decode()
    assert sam.post(path, week(day_1="9-13, 14-18", day_7="22-6")).status_code == 302
    assert list(Shift.objects.values_list("weekday", "timezone")) == [(1, "Europe/Berlin")] * 2 + [(7, "Europe/Berlin")]
    assert 'value="09:00-13:00, 14:00-18:00"' in text(sam, path)


def test_one_sees_ones_own_plan_and_changes_nothing_in_it(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    ada, path = browser(desk.ada), f"/shifts/people/{desk.ada.pk}/"
    page = text(ada, path)
    assert "09:00-17:00" in page
    assert "<form" not in page.partition('id="main"')[2].partition("</main>")[0]
    about = {"kind": "day_off", "first": "2026-11-04"}
    for where, what in ((path, week()), (f"{path}change/", about), (f"{path}import/", {})):
        assert ada.post(where, what).status_code == 403, where
    assert ada.get(f"/shifts/people/{desk.sam.pk}/").status_code == 403
    assert (Shift.objects.count(), Change.objects.count()) == (7, 0)


@pytest.mark.parametrize(
    ("told", "starts", "ends"),
    [
        ({"first": "2026-11-04"}, "2026-11-03T23:00", "2026-11-04T23:00"),
        ({"first": "2026-11-04", "last": "2026-11-06"}, "2026-11-03T23:00", "2026-11-06T23:00"),
        ({"first": "2026-11-04", "starts": "12:00", "ends": "14:00"}, "2026-11-04T11:00", "2026-11-04T13:00"),
        ({"first": "2026-11-04", "starts": "22:00", "ends": "06:00"}, "2026-11-04T21:00", "2026-11-05T05:00"),
        ({"first": "2026-11-04", "starts": "12:00"}, "2026-11-04T11:00", "2026-11-04T23:00"),
    ],
)
def test_a_change_is_by_his_clock(desk: Desk, told: dict[str, str], starts: str, ends: str) -> None:
    works(desk.ada, "09:00", "17:00", zone="Europe/Berlin")
    sam, path = browser(desk.sam), f"/shifts/people/{desk.ada.pk}/"
    assert sam.post(f"{path}change/", {"kind": "day_off", **told}).status_code == 302
    change = Change.objects.get()
    assert (f"{change.starts_at:%Y-%m-%dT%H:%M}", f"{change.ends_at:%Y-%m-%dT%H:%M}") == (starts, ends)
    Change.objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=1))
    assert "Day off" in text(sam, path)
    assert sam.post(f"{path}change/{change.pk}/drop/").status_code == 302
    assert not Change.objects.exists()


def test_a_swap_without_the_other_is_refused_in_words(desk: Desk) -> None:
    page = browser(desk.sam).post(f"/shifts/people/{desk.ada.pk}/change/", {"kind": "swap", "first": "2026-11-04"})
    assert page.status_code == 400
    assert "says who else works in his place" in page.content.decode()


def test_a_plan_goes_out_as_a_file_and_comes_in_from_one(desk: Desk) -> None:
    works(desk.ada, "09:00", "17:00")
    path = f"/shifts/people/{desk.ada.pk}/"
    file = browser(desk.ada).get(f"{path}calendar.ics")
    assert (file["Content-Type"], file.content[:15]) == ("text/calendar; charset=utf-8", b"BEGIN:VCALENDAR")
    sam = browser(desk.sam)
    raw = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Sick\r\n"
        + f"DTSTART;VALUE=DATE:{timezone.localdate() + timedelta(days=3):%Y%m%d}\r\n".encode()
        + b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    sam.post(f"{path}import/", {"file": SimpleUploadedFile("plan.ics", raw)})
    assert Change.objects.get().kind == ChangeKind.SICK
    assert "New: 1, altered: 0" in text(sam, path)
    sam.post(f"{path}import/", {"file": SimpleUploadedFile("plan.ics", b"nothing")})
    assert "This is no iCalendar file." in text(sam, path)


def test_a_teams_calendar_is_its_supervisors_to_set(desk: Desk) -> None:
    path = f"/shifts/teams/{desk.team.pk}/"
    assert browser(desk.ada).get(path).status_code == 403
    sam = browser(desk.sam)
    told = {"zone": "Europe/Moscow", "country": "RU", "subdivision": "", "day_1": "9-18 x2, 18-22"}
    assert sam.post(path, told).status_code == 302
    assert list(Cover.objects.values_list("weekday", "people")) == [(1, 2), (1, 1)]
    assert 'value="09:00-18:00 x2, 18:00-22:00"' in text(sam, path)
    assert sam.post(path, {**told, "subdivision": "XX"}).status_code == 400
    assert sam.post(path, {**told, "day_1": "9-18 x0"}).status_code == 400


def test_a_supervisor_says_that_somebody_is_absent(desk: Desk) -> None:
    for agent in (desk.ada, desk.sam):
        come_on_shift(agent, now=timezone.now())
    problem = mine(desk)
    sam = browser(desk.sam)
    assert f"/shifts/people/{desk.ada.pk}/absent/" in text(sam, "/shifts/")
    assert browser(desk.ada).post(f"/shifts/people/{desk.sam.pk}/absent/").status_code == 403
    sam.post(f"/shifts/people/{desk.ada.pk}/absent/", {"back": "/shifts/"})
    assert (status(desk.ada), history(problem)[-1][0]) == (Status.OFF, "Sam")
    assert f"/shifts/people/{desk.ada.pk}/absent/" not in text(sam, "/shifts/")


def test_the_hand_over_list_is_kept_and_carried_out(desk: Desk) -> None:
    Membership.objects.create(agent=desk.max, team=desk.team, role=Role.AGENT)
    for agent in (desk.ada, desk.sam, desk.max):
        come_on_shift(agent, now=timezone.now())
    come_on_shift(desk.ada, now=timezone.now(), until=timezone.now() + timedelta(minutes=14))
    first, second = mine(desk), mine(desk, "A second lamp")
    waits = mine(desk, "A third lamp")
    desk.answers(waits)
    ada = browser(desk.ada)
    page = text(ada, "/handover/")
    assert ("A second lamp" in page, "A third lamp" in page) == (True, False)
    told = {f"to_{first.pk}": desk.max.pk, f"note_{first.pk}": "Call her at six.", f"note_{second.pk}": ""}
    ada.post("/handover/", {**told, "what": "save"})
    assert Proposal.objects.get(conversation=first).receiver == desk.max
    assert "Call her at six." in text(ada, "/handover/")
    assert history(first)[-1][0] == "Ada"
    ada.post("/handover/", {**told, "what": "now", "goes": [str(first.pk)]})
    assert (history(first)[-1][0], history(second)[-1][0]) == ("Max", "Ada")
    assert status(desk.ada) == Status.ON_SHIFT


def test_in_the_middle_of_a_shift_nothing_is_handed_over_without_a_reason(desk: Desk) -> None:
    for agent in (desk.ada, desk.sam):
        come_on_shift(agent, now=timezone.now(), until=timezone.now() + timedelta(hours=4))
    problem = mine(desk)
    ada = browser(desk.ada)
    assert "Hand over now" not in text(ada, "/handover/")
    told = {f"note_{problem.pk}": "Call her at six.", "what": "now", "goes": [str(problem.pk)]}
    refused = ada.post("/handover/", told, follow=True).content.decode()
    assert "in the last 15 minutes of your shift" in refused
    assert "Call her at six." in refused, "what was written is kept"
    assert history(problem)[-1][0] == "Ada"
    step_away(desk.ada, now=timezone.now() - timedelta(minutes=31))
    assert "Hand over now" in text(ada, "/handover/")
    ada.post("/handover/", told)
    assert history(problem)[-1][0] == "Sam"


def test_an_empty_list_says_so(desk: Desk) -> None:
    assert "there is nothing to hand over" in text(browser(desk.ada), "/handover/")
    assert browser(desk.kim).get("/handover/").status_code == 403


def test_a_swap_with_somebody_of_another_team_is_refused_in_words(desk: Desk) -> None:
    fields = {"kind": "swap", "first": "2026-11-04", "instead": desk.kim.pk}
    page = browser(desk.sam).post(f"/shifts/people/{desk.ada.pk}/change/", fields)
    assert page.status_code == 400
    assert "You do not plan for Kim" in page.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_no_calendar_can_count_with_is_refused(desk: Desk, day: str) -> None:
    client, place = browser(desk.sam), f"/shifts/people/{desk.ada.pk}/"
    assert client.post(f"{place}change/", {"kind": "day_off", "first": day}).status_code == 400
    assert client.post(place, {"zone": "Asia/Tokyo", "since": day, "day_1": "9-18"}).status_code == 400
