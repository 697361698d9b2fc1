"""Who may only read a conversation is offered nothing that he would be refused, and told why."""

import pytest

from inbox.desk.pass_on import pass_on
from inbox.desk.tag import tag
from inbox.desk.take import take
from inbox.models import Agent, Conversation, Reason, Topic
from tests.inbox.desk_of_five import Desk, browser, mentions

ACTS = ("reply", "note", "draft", "solve", "take", "menu", "tags", "topic", "collect", "open")
WHY = "You may read this, and no more: it is with Sales, and Kim is responsible."


@pytest.fixture
def theirs(desk: Desk) -> Conversation:
    conversation = desk.problem(channel=desk.channel_elsewhere)
    conversation.topic = Topic.objects.create(name="Lamps", collect=["colour"])
    conversation.tags = ["glass"]
    conversation.save(update_fields=["topic", "tags"])
    mentions(conversation, desk.ada)
    return conversation


def pages(agent: Agent, conversation: Conversation) -> str:
    """All that he is shown of it."""
    here, ada = f"/c/open/{conversation.number}/", browser(agent)
    answers = [ada.get(here), ada.get(f"{here}side/"), ada.get(f"/promises/{conversation.number}/")]
    return "".join(answer.content.decode() for answer in answers)


def test_who_is_named_in_another_teams_conversation_may_read_and_is_told_so(desk: Desk, theirs: Conversation) -> None:
    shown = pages(desk.ada, theirs)
    offered = [act for act in ACTS if f"/{theirs.number}/{act}/" in shown]
    assert offered == []
    assert WHY in shown
    assert [words for words in ("glass", "colour", "Lamps") if words not in shown] == []
    assert "Promised by" not in shown


def test_who_works_there_is_offered_it_all(desk: Desk) -> None:
    conversation = desk.problem()
    shown = pages(desk.ada, conversation)
    missing = {act for act in ACTS if f"/{conversation.number}/{act}/" not in shown}
    assert missing == {"collect", "open"}  # nothing is to be collected, and it is open
    assert "You may read this" not in shown


def test_who_has_it_may_work_on_it_whatever_team_it_is_in(desk: Desk, theirs: Conversation) -> None:
    desk.sam.memberships.create(team=desk.elsewhere, role="supervisor")
    take(theirs, by=desk.sam, now=desk.later())
    pass_on(theirs, by=desk.sam, now=desk.later(), to=desk.ada, note="You know", reason=Reason.KNOWLEDGE)
    theirs.refresh_from_db()
    tag(theirs, ["lamp"], by=desk.ada, now=desk.later())
    assert f"/{theirs.number}/reply/" in pages(desk.ada, theirs)
