"""The bell, the page behind it, what rings, and the choice of what one is told."""

from django.utils import timezone

from inbox.desk import tell
from inbox.desk.pass_on import pass_on
from inbox.desk.presence import come_on_shift
from inbox.desk.solve import solve
from inbox.desk.take import take, take_over
from inbox.models import Agent, Conversation, Matter, Notice, NoticeKind, Reason
from tests.inbox.desk_of_five import Desk, browser


def tells(desk: Desk, agent: Agent, conversation: Conversation | None, count: int = 1) -> Notice:
    for _each in range(count):
        note = "Only you know <b>lamps</b>"
        tell.tell(agent, NoticeKind.GIVEN, conversation, now=timezone.now(), about=desk.sam, note=note)
    return Notice.objects.latest("pk")


def on_shift(agent: Agent) -> None:
    come_on_shift(agent, now=timezone.now(), until=None)


def test_what_rings_says_why_by_whom_of_what_and_where_it_is(desk: Desk) -> None:
    conversation = desk.problem()
    on_shift(desk.ada)
    notice = tells(desk, desk.ada, conversation)
    said = browser(desk.ada).get("/notices/calls/").json()
    assert said == {
        "newest": notice.pk,
        "calls": [
            {
                "title": "It is yours now: Sam",
                "body": f"{conversation.label} A broken lamp\nOnly you know <b>lamps</b>",
                "tag": f"notice-{notice.pk}",
                "url": f"/c/mine/{conversation.number}/",
                "number": conversation.number,
            }
        ],
    }
    assert browser(desk.ada).get(f"/notices/calls/?after={notice.pk}").json() == {"newest": notice.pk, "calls": []}
    assert browser(desk.max).get("/notices/calls/").json() == {"newest": 0, "calls": []}


def test_many_at_once_ring_as_one(desk: Desk) -> None:
    on_shift(desk.ada)
    newest = tells(desk, desk.ada, desk.problem(), count=4)
    said = browser(desk.ada).get("/notices/calls/?after=nonsense").json()
    many = {"title": "New notices: 4", "body": "", "tag": "notices", "url": "/notices/"}
    assert said == {"newest": newest.pk, "calls": [many]}


def test_the_bell_counts_and_each_notice_can_be_marked_as_seen(desk: Desk) -> None:
    first = tells(desk, desk.ada, desk.problem())
    tells(desk, desk.ada, None)
    ada = browser(desk.ada)
    assert "Notices, not seen: 2" in ada.get("/notices/bell/").content.decode()
    page = ada.get("/notices/").content.decode()
    assert "Only you know &lt;b&gt;lamps&lt;/b&gt;" in page
    ada.post("/notices/", {"notice": str(first.pk)})
    assert "Notices, not seen: 1" in ada.get("/notices/bell/").content.decode()
    ada.post("/notices/")
    assert "not seen" not in ada.get("/notices/bell/").content.decode()


def test_of_what_was_his_it_says_who_has_it_by_now(desk: Desk) -> None:
    conversation = desk.problem()

    def page() -> str:
        return browser(desk.ada).get("/notices/").content.decode()

    take(conversation, by=desk.sam, now=desk.later())
    pass_on(conversation, by=desk.sam, now=desk.later(), to=desk.ada, note="You know", reason=Reason.KNOWLEDGE)
    assert "by now" not in page()
    take_over(conversation, by=desk.max, now=desk.later())
    assert "It is yours now: Sam · by now with Max" in page()
    pass_on(conversation, by=desk.max, now=desk.later(), team=desk.team, note="Free", reason=Reason.KNOWLEDGE)
    assert "by now in the queue of Support" in page()
    solve(conversation, by=desk.max, now=desk.later())
    assert "solved by now" in page()


def test_of_what_one_is_told_is_chosen_on_ones_own_page(desk: Desk) -> None:
    ada = browser(desk.ada)
    assert ada.get("/me/").content.decode().count('name="told_of"') == len(Matter)
    assert 'name="told_of" value="mention" id="id_told_of_0" checked' in ada.get("/me/").content.decode()
    ada.post("/me/notices/", {"told_of": ["overdue"], "sound": "on"})
    desk.ada.refresh_from_db()
    assert desk.ada.quiet == ["mention", "assignment", "not_arrived", "due_soon", "shift"]
    page = ada.get("/me/").content.decode()
    assert 'value="mention" id="id_told_of_0" checked' not in page
    assert "data-sound" in page
    ada.post("/me/notices/", {"told_of": ["nothing we know"]})
    desk.ada.refresh_from_db()
    assert desk.ada.quiet == ["mention", "assignment", "not_arrived", "due_soon", "shift"]
