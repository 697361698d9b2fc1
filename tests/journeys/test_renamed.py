"""A provider writes another Message-ID into what we send: what names that id alone finds our mail."""

import socket
from email.message import EmailMessage
from typing import Any

import pytest

from connectors.sandbox.mail.misbehaviour import Renames
from connectors.sandbox.mail.renaming import REGION
from connectors.sandbox.mail.server import HOST
from inbox.models import Conversation, DeliveryState, Message, Outcome
from tests.journeys.mailroom import (
    CARLA,
    Company,
    collect,
    dispatch,
    ledger_difference,
    letter,
    outcomes,
    states,
    texts,
)
from tests.journeys.test_threads import bounce_of

pytestmark = pytest.mark.dovecot

SES_HOST = f"email-smtp.{REGION}.amazonaws.com"


@pytest.fixture(params=list(Renames)[1:], ids=lambda renames: renames.name)
def renamed(
    company: Company, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[Conversation, Message, EmailMessage]:
    """Ada has answered through such a provider: the conversation, her message, and the mail as carla got it."""
    asked = socket.getaddrinfo

    def here(host: str, *more: Any, **how: Any) -> Any:
        return asked(HOST if host == SES_HOST else host, *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    company.street.misbehave(renames=request.param)
    channel = company.mailbox(smtp_host=SES_HOST, sent_copy="nobody")
    company.writes(channel, letter())
    collect(channel)
    conversation = Conversation.objects.get()
    ours = company.answers(conversation)
    dispatch()
    (arrived,) = company.arrived()
    return conversation, ours, arrived


def test_her_answer_that_names_nothing_else_joins(
    company: Company, renamed: tuple[Conversation, Message, EmailMessage]
) -> None:
    conversation, ours, arrived = renamed
    assert states(ours) == [DeliveryState.SENT]
    assert arrived["Message-ID"] != f"<{arrived['X-Otvet-Delivery']}>"
    company.writes(conversation.channel, letter("It is the red one.", In_Reply_To=arrived["Message-ID"]))
    collect(conversation.channel)
    assert texts(conversation)[-1] == "It is the red one."
    assert Conversation.objects.count() == 1


def test_a_report_that_names_nothing_else_tells_that_it_failed(
    company: Company, renamed: tuple[Conversation, Message, EmailMessage]
) -> None:
    conversation, ours, arrived = renamed
    company.writes(conversation.channel, bounce_of(arrived))
    collect(conversation.channel)
    assert outcomes(conversation.channel) == [Outcome.MESSAGE, Outcome.BOUNCE]
    assert states(ours) == [DeliveryState.FAILED]
    assert ours.deliveries.get().results.get().recipient == CARLA
    assert ledger_difference() == 0
