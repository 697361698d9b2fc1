"""Webhooks: the challenge, subscriptions, what is told and how it goes wrong."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.sandbox.x.callers import App
from connectors.sandbox.x.events import SIGNATURE
from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import Upload
from tests.connectors.sandbox.receiver import Receiver
from tests.connectors.sandbox.x.conftest import Client, Clock
from tests.waiting import until


def registered(app: Client, there: Receiver) -> str:
    answer = app("POST", "/2/webhooks", json={"url": there.url})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def subscribed(x: XServer, app: Client, ours: Client, there: Receiver, *types: str) -> str:
    webhook = registered(app, there)
    for kind in types:
        body = {"event_type": kind, "filter": {"user_id": x.account("demo").id}, "tag": "t", "webhook_id": webhook}
        answer = ours("POST", "/2/activity/subscriptions", json=body)
        assert answer.status_code == 200, answer.text
    return webhook


def told(x: XServer, there: Receiver) -> list[dict[str, Any]]:
    until(x.told, "everything is told")
    return [json.loads(body)["data"] for body in there.bodies()]


@pytest.mark.parametrize(
    ("message", "signature"),
    [
        (b"challenge_string", "sha256=5fwnJ1gGOfduZ1KV1ZH1sYGYhiuNJwyfXwRAV77O9/U="),
        (b'{"data":{"event_type":"dm.received"}}', "sha256=4ks0DJ5Rc5ttpD75yGuGn8CTI94/2eqXuWsdVJMJ/R8="),
    ],
)
def test_the_vectors_of_the_documentation_hold(message: bytes, signature: str) -> None:
    assert App(consumer_secret="consumer-secret-1").sign(message) == signature


def test_a_webhook_is_made_only_after_a_good_answer_to_the_challenge(app: Client, there: Receiver) -> None:
    right = there.on_get
    there.on_get = lambda _query: (200, b'{"response_token":"sha256=wrong"}')
    refused = app("POST", "/2/webhooks", json={"url": there.url})
    assert (refused.status_code, refused.json()["title"]) == (400, "CrcValidationFailed")
    there.on_get = right
    made = app("POST", "/2/webhooks", json={"url": there.url}).json()["data"]
    assert made["valid"] is True
    assert app.get("/2/webhooks")["data"] == [made]


def test_a_second_webhook_or_a_strange_address_is_refused(app: Client, there: Receiver) -> None:
    registered(app, there)
    for url, title in (
        (there.url, "DuplicateUrlFailed"),
        (there.url + "/2", "WebhookLimitExceeded"),
        ("http://desk.example.com/hooks", "UrlValidationFailed"),
        ("https://desk.example.com:8443/hooks", "UrlValidationFailed"),
        ("https://desk.example.com/" + "x" * 200, "UrlValidationFailed"),
    ):
        assert app("POST", "/2/webhooks", json={"url": url}).json()["title"] == title


def test_only_the_app_itself_makes_webhooks(us: Client, there: Receiver) -> None:
    assert us("POST", "/2/webhooks", json={"url": there.url}).status_code == 403


def test_a_webhook_that_fails_its_challenge_is_told_nothing_until_it_passes(
    x: XServer, app: Client, ours: Client, there: Receiver
) -> None:
    webhook = subscribed(x, app, ours, there, "post.mention.create")
    right, there.on_get = there.on_get, lambda _query: (500, b"")
    assert [hook.valid for hook in x.check_webhooks()] == [False]
    x.post("carla", "@demo unheard")
    there.on_get = right
    assert app("PUT", f"/2/webhooks/{webhook}").status_code == 200
    x.post("carla", "@demo heard")
    assert [event["payload"]["text"] for event in told(x, there)] == ["@demo heard"]
    assert app("DELETE", f"/2/webhooks/{webhook}").json() == {"data": {"deleted": True}}
    assert app.get("/2/webhooks") == {"meta": {"result_count": 0}}


def test_private_events_need_that_person_by_oauth_2(
    x: XServer, app: Client, us: Client, ours: Client, there: Receiver
) -> None:
    body = {
        "event_type": "dm.received",
        "filter": {"user_id": x.account("demo").id, "direction": "received"},
        "webhook_id": registered(app, there),
    }
    assert us("POST", "/2/activity/subscriptions", json=body).status_code == 403
    assert app("POST", "/2/activity/subscriptions", json=body).status_code == 403
    assert ours("POST", "/2/activity/subscriptions", json=body).status_code == 200
    assert ours("POST", "/2/activity/subscriptions", json=body).status_code == 400
    assert ours("POST", "/2/activity/subscriptions", json={**body, "event_type": "Nonsense"}).status_code == 400


def test_the_answer_to_a_subscription_has_three_documented_shapes(
    x: XServer, app: Client, ours: Client, there: Receiver
) -> None:
    webhook = registered(app, there)
    found = {}
    for shape, kind in (("list", "dm.received"), ("object", "dm.sent"), ("nested", "oauth.revoke")):
        x.rule(subscription_answer=shape)
        body = {"event_type": kind, "filter": {"user_id": x.account("demo").id}, "webhook_id": webhook}
        found[shape] = ours("POST", "/2/activity/subscriptions", json=body).json()["data"]
    assert found["list"][0]["event_type"] == "dm.received"
    assert found["object"]["event_type"] == "dm.sent"
    assert found["nested"]["subscription"]["event_type"] == "oauth.revoke"
    made = found["object"]["subscription_id"]
    changed = app("PUT", f"/2/activity/subscriptions/{made}", json={"tag": "new"}).json()["data"]
    assert changed["subscription"]["tag"] == "new"
    assert app("DELETE", f"/2/activity/subscriptions/{made}").json() == {"data": {"deleted": True}}
    assert app.get("/2/activity/subscriptions")["meta"] == {"result_count": 2}


def test_an_event_is_signed_over_its_raw_bytes(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "post.mention.create")
    x.post("carla", "@demo Здравствуйте")
    until(x.told, "everything is told")
    headers, body = there.got[0]
    digest = hmac.digest(b"consumer-secret-1", body, "sha256")
    assert headers[SIGNATURE] == "sha256=" + base64.b64encode(digest).decode()
    assert headers["content-type"] == "application/json"


def test_a_mention_and_a_reply_are_two_kinds_and_an_implied_mention_is_none(
    x: XServer, app: Client, ours: Client, there: Receiver
) -> None:
    subscribed(x, app, ours, there, "post.mention.create", "post.reply.create")
    news = x.post("demo", "News")
    reply = x.post("carla", "really?", in_reply_to=news.id)
    mention = x.post("carla", "@demo hello")
    x.post("kim", "I think so", in_reply_to=reply.id)
    x.post("demo", "@demo is us", in_reply_to=news.id)
    events = told(x, there)
    assert [(event["event_type"], event["payload"]["id"]) for event in events] == [
        ("post.reply.create", reply.id),
        ("post.mention.create", mention.id),
    ]
    event = events[0]
    int(event["event_uuid"])
    assert event["filter"] == {"user_id": x.account("demo").id}
    assert event["tag"] == "t"
    assert event["payload"]["id"] == reply.id
    assert event["payload"]["in_reply_to_tweet_id"] == news.id
    assert event["payload"]["referenced_tweets"] == [{"type": "replied_to", "id": news.id}]
    assert event["includes"]["users"][0]["username"] == "carla"


def test_only_our_own_deletions_are_told(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "post.delete")
    x.delete(x.post("carla", "@demo oh").id)
    mine = x.post("demo", "oops")
    x.delete(mine.id)
    event = told(x, there)[0]
    assert len(there.got) == 1
    assert event["payload"] == {"id": mine.id, "author_id": mine.author}
    assert event["includes"]["users"][0]["data"]["username"] == "demo"


def test_messages_are_told_in_the_shape_of_v1_both_ways(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "dm.received", "dm.sent")
    asked = x.direct_message("carla", "demo", "Hello", media=[Upload("image/png", b"\x89PNG...")])
    ours("POST", f"/2/dm_conversations/{asked.conversation}/messages", json={"text": "Yes?"})
    x.group_message("carla", x.group("carla", ["demo", "kim"]).id, "all of you")
    received, sent = told(x, there)
    message = received["payload"]["direct_message_events"][0]
    assert (received["event_type"], sent["event_type"]) == ("dm.received", "dm.sent")
    assert message["id"] == asked.id
    assert message["created_timestamp"] == str(asked.at)
    assert message["message_create"]["target"] == {"recipient_id": x.account("demo").id}
    assert message["message_create"]["sender_id"] == asked.sender
    assert message["message_create"]["message_data"]["text"] == "Hello"
    assert message["message_create"]["message_data"]["attachment"]["media"]["id_str"] == asked.media
    assert received["payload"]["users"][asked.sender]["data"]["username"] == "carla"
    assert "dm_conversation_id" not in json.dumps(received)


def test_the_person_who_removes_the_app_is_told_of(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "oauth.revoke")
    x.withdraw("demo")
    assert told(x, there)[0]["event_type"] == "oauth.revoke"
    assert ours("GET", "/2/users/me").status_code == 401


def test_the_older_shape_comes_by_a_rule(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "post.mention.create", "dm.received", "oauth.revoke")
    x.rule(events="AAA")
    post = x.post("carla", "@demo " + "long " * 40)
    message = x.direct_message("carla", "demo", "Hello")
    x.withdraw("demo")
    until(x.told, "everything is told")
    tweet, direct, revoke = (json.loads(body) for body in there.bodies())
    assert tweet["for_user_id"] == x.account("demo").id
    shown = tweet["tweet_create_events"][0]
    assert (shown["id_str"], shown["truncated"]) == (post.id, True)
    assert shown["extended_tweet"]["full_text"] == post.text.strip() + " " * (len(post.text) - len(post.text.strip()))
    assert shown["user"]["screen_name"] == "carla"
    assert direct["direct_message_events"][0]["id"] == message.id
    assert direct["users"][message.sender]["screen_name"] == "carla"
    assert "revoke" in revoke["user_event"]


def test_the_older_subscription_tells_everything(x: XServer, app: Client, us: Client, there: Receiver) -> None:
    webhook = registered(app, there)
    made = us("POST", f"/2/account_activity/webhooks/{webhook}/subscriptions/all")
    assert made.json() == {"data": {"subscribed": True}}
    x.post("carla", "@demo hello")
    until(x.told, "everything is told")
    assert [list(json.loads(body)) for body in there.bodies()] == [["for_user_id", "tweet_create_events"]]


def test_events_come_twice_backwards_or_never(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "post.mention.create")
    x.mischief(copies=2)
    x.post("carla", "@demo twice")
    x.mischief(copies=0)
    x.post("carla", "@demo lost")
    until(x.told, "the first are told")
    x.mischief(backwards=2)
    x.post("carla", "@demo first")
    x.post("carla", "@demo second")
    events = told(x, there)
    texts = [event["payload"]["text"] for event in events]
    assert texts == ["@demo twice", "@demo twice", "@demo second", "@demo first"]
    assert events[0]["event_uuid"] == events[1]["event_uuid"]


def test_an_event_that_was_not_taken_comes_again(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    subscribed(x, app, ours, there, "post.mention.create")
    there.statuses = [503]
    x.post("carla", "@demo hello")
    assert len(told(x, there)) == 2
    assert len(set(there.bodies())) == 1


def test_a_replay_sends_the_same_events_once_more(x: XServer, app: Client, ours: Client, there: Receiver) -> None:
    webhook = subscribed(x, app, ours, there, "post.mention.create")
    x.mischief(copies=0)
    x.post("carla", "@demo lost")
    x.mischief()
    now = datetime.now(UTC)
    body = {
        "webhook_id": webhook,
        "from_date": f"{now - timedelta(hours=1):%Y%m%d%H%M}",
        "to_date": f"{now + timedelta(minutes=2):%Y%m%d%H%M}",
    }
    assert app("POST", "/2/webhooks/replay", json=body).status_code == 200
    assert [event["payload"]["text"] for event in told(x, there)] == ["@demo lost"]
    early = {**body, "from_date": f"{now - timedelta(hours=30):%Y%m%d%H%M}"}
    assert app("POST", "/2/webhooks/replay", json=early).status_code == 400


def test_the_users_of_an_event_can_be_wrapped_and_newly_spelled(
    x: XServer, app: Client, ours: Client, there: Receiver
) -> None:
    subscribed(x, app, ours, there, "post.mention.create")
    x.rule(wrapped_users=True, spelling="post")
    x.post("carla", "@demo hello")
    event = told(x, there)[0]
    assert event["includes"]["users"][0]["data"]["username"] == "carla"
    assert "edit_history_post_ids" in event["payload"]


def test_what_a_kill_left_untold_is_told_after_the_next_start(
    x: XServer, app: Client, ours: Client, there: Receiver
) -> None:
    subscribed(x, app, ours, there, "post.mention.create", "post.reply.create")
    x.post("carla", "@demo heard")
    until(x.told, "the first is told")
    x.platform.world.watchers.clear()  # as if it were killed right after the journal
    news = x.post("demo", "News")
    both = x.post("carla", "@demo half told", in_reply_to=news.id)
    x.stop()
    again = XServer(x.platform.world.folder)
    assert [delivery.about for delivery in again.platform.hooks.log() if delivery.state == "waiting"] != []
    again.start()
    until(again.told, "the rest is told")
    again.stop()
    once_more = XServer(x.platform.world.folder)
    assert once_more.told()
    once_more.stop()
    events = [json.loads(body)["data"] for body in there.bodies()]
    assert [event["payload"]["id"] for event in events[1:]] == [both.id, both.id]
    assert {event["event_type"] for event in events[1:]} == {"post.mention.create", "post.reply.create"}


def test_what_took_place_before_a_subscription_is_never_told(
    x: XServer, app: Client, ours: Client, there: Receiver, clock: Clock
) -> None:
    x.post("carla", "@demo before")
    clock.ahead = 1
    subscribed(x, app, ours, there, "post.mention.create")
    x.stop()
    again = XServer(x.platform.world.folder)
    assert again.platform.hooks.log() == []
    again.stop()
