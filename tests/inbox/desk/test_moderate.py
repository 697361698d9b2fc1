"""Hiding and liking are for supervisors. What is hidden shows on our copy, and is asked of the provider."""

import pytest

from connectors.errors import Rejected
from connectors.twitter.connector import X
from inbox.desk.moderate import hide, like
from inbox.errors import ChannelCannot, NotAllowed
from inbox.models import Activity, Message
from tests.inbox.desk_of_five import Desk
from tests.inbox.network import direct, network, public


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What was hidden, and shown again, at the provider."""
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(X, "hide", lambda self, provider_id, *, on: asked.append((provider_id, on)))
    return asked


def in_public(desk: Desk) -> Message:
    return Message.objects.get(pk=desk.receives(public(number=5), channel=network(desk)).message)


def test_a_supervisor_hides_it_and_shows_it_again(desk: Desk, hidden: list[tuple[str, bool]]) -> None:
    message = in_public(desk)
    hide(message, on=True, by=desk.sam, now=desk.later())
    message.refresh_from_db()
    assert (hidden, message.details["hidden"]) == ([("5", True)], True)
    hide(message, on=False, by=desk.sam, now=desk.later())
    message.refresh_from_db()
    assert message.details["hidden"] is False
    assert Activity.objects.filter(verb="message_hidden", actor=desk.sam).exists()


def test_an_agent_may_neither_hide_nor_like(desk: Desk, hidden: list[tuple[str, bool]]) -> None:
    message = in_public(desk)
    for verb in (hide, like):
        with pytest.raises(NotAllowed):
            verb(message, on=True, by=desk.ada, now=desk.later())
    assert hidden == []


def test_what_was_said_in_private_cannot_be_hidden(desk: Desk, hidden: list[tuple[str, bool]]) -> None:
    message = Message.objects.get(pk=desk.receives(direct(), channel=network(desk)).message)
    with pytest.raises(ChannelCannot):
        hide(message, on=True, by=desk.sam, now=desk.later())


def test_the_providers_refusal_is_told_and_nothing_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, on: bool) -> None:
        raise Rejected("It is not there any more.")

    monkeypatch.setattr(X, "hide", refuse)
    message = in_public(desk)
    with pytest.raises(ChannelCannot, match="not there any more"):
        hide(message, on=True, by=desk.sam, now=desk.later())
    message.refresh_from_db()
    assert "hidden" not in message.details


def test_nothing_can_be_liked_where_the_network_does_not_offer_it(desk: Desk) -> None:
    with pytest.raises(ChannelCannot):
        like(in_public(desk), on=True, by=desk.sam, now=desk.later())
