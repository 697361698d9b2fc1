"""What providers push is believed by its signature, kept before it is answered, and never kept twice."""

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from inbox.database import direct_connection
from inbox.inbound import hooks
from inbox.models import Channel, ChannelState, Envelope, Item, ProviderApp, Spending
from tests.inbox.desk_of_five import Desk
from tests.inbox.network import SECRET, US, network

WAITS = "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
ADDRESS = "/hooks/twitter/our-app"


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def event(number: str = "5", *, account: str = US, sender: str = "2002") -> bytes:
    message = {
        "type": "message_create",
        "id": number,
        "created_timestamp": "1784928224372",
        "message_create": {
            "target": {"recipient_id": account},
            "sender_id": sender,
            "message_data": {"text": "Where is my lamp?"},
        },
    }
    data = {"event_uuid": "-1", "filter": {"user_id": account}, "event_type": "dm.received"}
    return json.dumps({"data": {**data, "payload": {"direct_message_events": [message]}}}).encode()


def pushed(body: bytes, secret: str = SECRET) -> int:
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    signature = {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(mac).decode()}"}
    answer = Client().post(ADDRESS, body, content_type="application/json", headers=signature)
    return answer.status_code


def test_what_is_signed_is_kept_and_waits(channel: Channel) -> None:
    assert pushed(event()) == 200
    item = Item.objects.get()
    assert (item.channel, item.source_key, item.outcome) == (channel, "dm:5", "waiting")
    assert item.envelope.app == channel.app


def test_the_same_event_again_is_kept_once(channel: Channel) -> None:
    assert [pushed(event()), pushed(event())] == [200, 200]
    assert Item.objects.count() == Envelope.objects.count() == 1


def test_what_is_not_signed_by_the_provider_is_refused_and_counted(channel: Channel) -> None:
    assert pushed(event(), secret="wrong") == 403
    assert not Envelope.objects.exists()
    assert ProviderApp.objects.get().refused_calls == 1


def test_what_is_for_a_stranger_is_kept_and_counted(channel: Channel) -> None:
    assert pushed(event(account="777")) == 200
    assert not Item.objects.exists()
    assert (Envelope.objects.count(), ProviderApp.objects.get().strangers) == (1, 1)


def test_what_is_signed_and_not_understood_is_kept(channel: Channel) -> None:
    assert pushed(b"no JSON at all") == 200
    assert (Envelope.objects.count(), ProviderApp.objects.get().strangers) == (1, 1)


@pytest.mark.parametrize("state", [ChannelState.REFUSED, ChannelState.PAUSED])
def test_a_channel_that_waits_for_an_admin_still_takes_in_what_comes(channel: Channel, state: ChannelState) -> None:
    Channel.objects.filter(pk=channel.pk).update(state=state)
    assert pushed(event()) == 200
    assert Item.objects.count() == 1


def test_the_providers_test_call_is_answered(channel: Channel) -> None:
    answer = Client().get(ADDRESS, {"crc_token": "challenge_string"})
    assert answer.json() == {"response_token": "sha256=5fwnJ1gGOfduZ1KV1ZH1sYGYhiuNJwyfXwRAV77O9/U="}


def test_an_address_that_we_did_not_give_out_is_not_there(channel: Channel) -> None:
    assert Client().post("/hooks/twitter/guessed", b"{}", content_type="application/json").status_code == 404
    assert Client().post("/hooks/email/our-app", b"{}", content_type="application/json").status_code == 404
    assert Client().post("/hooks/%00/%00", b"{}", content_type="application/json").status_code == 404


def test_a_body_that_is_too_long_is_refused_unread(channel: Channel) -> None:
    body = b" " * (hooks.MOST_BYTES + 1)
    assert pushed(body) == 413


def test_what_the_provider_charges_for_telling_is_counted_once(channel: Channel) -> None:
    pushed(event())
    pushed(event())
    pushed(event("6", sender=US))
    spent = Spending.objects.get()
    assert (spent.channel, spent.price, spent.units, spent.cost) == (channel, "dm_read", 1, 10_000)


@pytest.mark.django_db(transaction=True)
def test_a_webhook_and_a_poll_of_one_channel_do_not_wait_for_each_other(channel: Channel) -> None:
    """A poll holds the channel, then puts in the item that the webhook is putting in."""
    with direct_connection() as poll:
        poll.execute("SET lock_timeout = '10s'")
        with ThreadPoolExecutor(1) as pool:
            with poll.transaction():
                poll.execute("UPDATE inbox_channel SET cursor = 'a' WHERE id = %s", [channel.pk])
                webhook = pool.submit(pushed_elsewhere, event())
                while not poll.execute(WAITS).fetchone():
                    assert not webhook.done()
                poll.execute(
                    "WITH envelope AS (INSERT INTO inbox_envelope (channel_id, sha256, size, facts, received_at)"
                    " VALUES (%(channel)s, '', 1, '{}', now()) RETURNING id)"
                    " INSERT INTO inbox_item"
                    " (channel_id, envelope_id, source_key, part, outcome, attempts, received_at)"
                    " SELECT %(channel)s, id, 'dm:5', '', 'waiting', 0, now() FROM envelope",
                    {"channel": channel.pk},
                )
            assert webhook.result(30) == 200
    assert Item.objects.count() == 1


def pushed_elsewhere(body: bytes) -> int:
    """As `pushed`, on a thread's own connection."""
    try:
        return pushed(body)
    finally:
        connection.close()
