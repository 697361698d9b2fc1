"""What is read ahead is not seen yet; when it stands on the screen it is."""

from inbox.desk.ownership import hand
from inbox.models import Cause, Conversation, Interval, Notice
from tests.inbox.desk_of_five import Desk, browser

AHEAD = {"HX-Request": "true", "HX-Target": "div#conversation", "X-Ahead": "true"}


def given_to_ada(desk: Desk) -> Conversation:
    conversation = desk.problem("The lamp arrived broken.")
    hand(conversation, now=desk.later(), cause=Cause.ROUTED, owner=desk.ada)
    return conversation


def traces(desk: Desk, conversation: Conversation) -> tuple[bool, bool, bool]:
    """Whether ada has read it, has seen what she was told of it, and has accepted it."""
    return (
        conversation.readings.filter(agent=desk.ada).exists(),
        not Notice.objects.filter(agent=desk.ada, conversation=conversation, read_at=None).exists(),
        Interval.objects.get(conversation=conversation, ended_at=None).accepted_at is not None,
    )


def test_what_is_read_ahead_leaves_no_trace_until_it_is_shown(desk: Desk) -> None:
    conversation = given_to_ada(desk)
    page = browser(desk.ada).get(f"/c/open/{conversation.number}/", headers=AHEAD).content.decode()
    assert "The lamp arrived broken." in page
    assert "Accept" not in page
    assert traces(desk, conversation) == (False, False, False)
    told = page.split('data-tells="')[1].split('"')[0]
    assert browser(desk.ada).put(told).status_code == 204
    assert traces(desk, conversation) == (True, True, True)
    assert conversation.readings.get(agent=desk.ada).seen_up_to == conversation.last_message


def test_nobody_has_seen_more_than_there_is(desk: Desk) -> None:
    conversation = given_to_ada(desk)
    for shown in ("9" * 18, "9" * 30, "x", ""):
        assert browser(desk.ada).put(f"/c/open/{conversation.number}/opened/?shown={shown}").status_code == 204
    assert conversation.readings.get(agent=desk.ada).seen_up_to == conversation.last_message
    hidden = desk.problem(channel=desk.channel_elsewhere)
    assert browser(desk.ada).put(f"/c/open/{hidden.number}/opened/?shown=1").status_code == 404


def test_what_is_opened_as_usual_tells_nothing_more(desk: Desk) -> None:
    conversation = given_to_ada(desk)
    page = browser(desk.ada).get(f"/c/open/{conversation.number}/").content.decode()
    assert "data-tells" not in page
    assert traces(desk, conversation) == (True, True, True)
