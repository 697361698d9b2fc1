"""What the mail server says of how much it takes is kept with the channel, and refused before anything is queued."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connectors import meter
from connectors.email.composing import room_for_files
from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD, MailServer
from inbox.connect import metered
from inbox.desk.fitting import limits_of
from inbox.errors import ChannelCannot
from inbox.models import Attachment, Channel, Conversation, Delivery, DeliveryState, Message
from inbox.outbound import deliver
from inbox.outbound.liveness import this_process
from tests.files import laid
from tests.inbox.desk_of_five import NOW, Desk, browser, delivery_of, mailbox

OF_POSTFIX = 10_240_000  # bytes: its message_size_limit, where nobody sets another
OF_THE_KIND = 18_000_000


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that takes as much as Postfix does."""
    server = MailServer(tmp_path / "server")
    server.largest = OF_POSTFIX
    ports = server.start()
    reach = f"127.0.0.1:{ports.imap},127.0.0.1:{ports.smtp}"
    monkeypatch.setenv("OTVET_REACH", f"127.0.0.0/8,localhost,::1,{reach}")
    yield server
    server.stop()
    if this_process._connection is not None:
        this_process._connection.close()
        this_process._connection = None


def settings_of(server: MailServer) -> dict[str, Any]:
    return {
        "address": ADDRESS,
        "password": PASSWORD,
        "imap_host": HOST,
        "imap_port": server.ports.imap,
        "imap_security": "plain",
        "smtp_host": HOST,
        "smtp_port": server.ports.smtp,
        "smtp_security": "plain",
        "sent_copy": "provider",
    }


@pytest.fixture
def channel(desk: Desk, server: MailServer) -> Channel:
    """The mailbox there, of which nothing is known yet."""
    settings = settings_of(server)
    return mailbox(settings.pop("address"), desk.team, desk.channel.brand, **settings)


def form(desk: Desk, server: MailServer) -> dict[str, object]:
    """The page of a channel, filled in."""
    about = {"name": "Help", "team": desk.team.pk, "brand": desk.channel.brand_id}
    further = {"auth": "password", "history_days": 7, "largest_mail": 100, "tenant": "common"}
    return about | {f"at_{name}": value for name, value in (settings_of(server) | further).items()}


def sends(desk: Desk, answer: Message) -> str:
    """A worker does; how the delivery stands then."""
    delivery = delivery_of(answer)
    assert deliver.send(delivery.pk, desk.later())
    return Delivery.objects.get(pk=delivery.pk).state


def most(conversation: Conversation) -> int:
    """Bytes that the files of an answer may have, by what is known by now."""
    return limits_of(Conversation.objects.get(pk=conversation.pk)).attachment_bytes


def plan(desk: Desk, size: int) -> Attachment:
    """A file of so many bytes that ada has uploaded."""
    about: dict[str, Any] = {"media_type": "application/pdf", "sha256": laid(b"p" * size), "created_at": NOW}
    return Attachment.objects.create(uploaded_by=desk.ada, name="plan.pdf", size=size, **about)


def test_it_is_learned_when_the_mailbox_is_connected_and_when_it_is_changed(desk: Desk, server: MailServer) -> None:
    kim, typed = browser(desk.kim), form(desk, server)
    assert kim.post("/channels/new/email/", typed).status_code == 302
    channel = Channel.objects.get(address=ADDRESS)
    assert most(desk.problem(channel=channel)) == room_for_files(OF_POSTFIX)
    server.largest = 0
    assert kim.post(f"/channels/{channel.pk}/", typed).status_code == 302
    assert most(desk.problem(channel=channel)) == OF_THE_KIND
    assert "attachment_bytes" not in kim.get("/channels/").content.decode()


def test_it_is_learned_anew_each_time_something_is_sent(desk: Desk, server: MailServer, channel: Channel) -> None:
    conversation = desk.problem(channel=channel)
    assert most(conversation) == OF_THE_KIND
    assert sends(desk, desk.answers(conversation)) == DeliveryState.SENT
    assert most(conversation) == room_for_files(OF_POSTFIX)
    server.largest = 2_000_000
    assert sends(desk, desk.answers(conversation, "One thing more.")) == DeliveryState.SENT
    assert most(conversation) == room_for_files(2_000_000)
    server.largest = 100_000_000
    assert sends(desk, desk.answers(conversation, "That is all.")) == DeliveryState.SENT
    assert most(conversation) == OF_THE_KIND, "other servers on its way do not take more"


def test_what_the_server_would_refuse_is_not_queued_and_what_it_takes_arrives(
    desk: Desk, server: MailServer, channel: Channel
) -> None:
    conversation = desk.problem(channel=channel)
    sends(desk, desk.answers(conversation))
    limit = room_for_files(OF_POSTFIX)
    files = [plan(desk, limit - 1_000_000), plan(desk, 1_000_001)]
    with pytest.raises(ChannelCannot, match=r"Together the files may have 7\.1 MB on this channel"):
        desk.answers(conversation, attachments=[file.uuid for file in files])
    assert Delivery.objects.count() == 1
    assert [file.message for file in Attachment.objects.all()] == [None, None]
    files[1].delete()
    fits = [files[0].uuid, plan(desk, 1_000_000).uuid]
    assert sends(desk, desk.answers(conversation, attachments=fits)) == DeliveryState.SENT
    (_, arrived) = server.arrived("carla@example.com")
    assert 9_700_000 < len(arrived.raw) <= OF_POSTFIX


def test_the_composer_knows_how_much_it_may_take(desk: Desk, server: MailServer, channel: Channel) -> None:
    conversation = desk.problem(channel=channel)
    sends(desk, desk.answers(conversation))
    ada = browser(desk.ada)
    page = ada.get(f"/c/open/{conversation.number}/").content.decode()
    assert f'data-most="{room_for_files(OF_POSTFIX)}" data-megabytes="7.1"' in page
    desk.ada.language = "ru"
    desk.ada.save()
    page = ada.get(f"/c/open/{conversation.number}/").content.decode()
    assert f'data-most="{room_for_files(OF_POSTFIX)}" data-megabytes="7,1"' in page


def test_what_is_said_each_time_alike_is_written_once(desk: Desk) -> None:
    for size, written in ((7_000_000, 1), (7_000_000, 0), (8_000_000, 1)):
        with CaptureQueriesContext(connection) as queries, metered(desk.channel, NOW):
            meter.carries(size)
        assert len(queries) == written
