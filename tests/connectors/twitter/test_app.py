"""Webhooks: who signed them, the challenge, and what is in them."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from connectors.contract import Call, Payload, Piece, Revoked
from connectors.errors import NotFromProvider, Unreadable
from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import Upload
from connectors.twitter.app import XApp
from connectors.twitter.connector import X
from tests.connectors.sandbox.receiver import Receiver, receiver
from tests.connectors.twitter.conftest import Clock
from tests.waiting import until

APP = XApp(consumer_secret="consumer-secret-1")
BODY = b'{"data":{"event_type":"dm.received"}}'
SIGNATURE = "sha256=4ks0DJ5Rc5ttpD75yGuGn8CTI94/2eqXuWsdVJMJ/R8="  # recomputed by hand from docs.x.com, webhooks
ANSWER = "sha256=5fwnJ1gGOfduZ1KV1ZH1sYGYhiuNJwyfXwRAV77O9/U="


def test_the_channel_takes_all_that_the_app_holds() -> None:
    assert {field.name for field in fields(XApp)} <= {field.name for field in fields(X)}
    assert X.app is XApp


def test_the_app_prints_no_secret() -> None:
    assert "hush" not in repr(XApp(client_secret="hush", consumer_key="hush", consumer_secret="hush", bearer="hush"))


@pytest.mark.parametrize("name", ["x-twitter-webhooks-signature", "X-Twitter-Webhooks-Signature"])
def test_what_x_signed_is_taken(name: str) -> None:
    APP.verify(Call(body=BODY, headers={name: SIGNATURE}))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY + b" ", {"x-twitter-webhooks-signature": SIGNATURE}),
        (BODY, {"x-twitter-webhooks-signature": SIGNATURE[:-2]}),
        (BODY, {"x-twitter-webhooks-signature": "ключ"}),
        (BODY, {}),
    ],
)
def test_what_x_did_not_sign_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(NotFromProvider):
        APP.verify(Call(body=body, headers=headers))


def test_an_app_without_a_secret_believes_nobody() -> None:
    empty = "sha256=" + "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0="  # of an empty body with an empty key
    with pytest.raises(NotFromProvider):
        XApp().verify(Call(body=b"", headers={"x-twitter-webhooks-signature": empty}))
    with pytest.raises(NotFromProvider):
        XApp().handshake(Call(body=b"", query={"crc_token": "x"}))


def test_the_challenge_is_answered() -> None:
    answer = APP.handshake(Call(body=b"", query={"crc_token": "challenge_string"}))
    assert json.loads(str(answer)) == {"response_token": ANSWER}


def test_another_call_is_no_challenge() -> None:
    assert APP.handshake(Call(body=b"", query={"a": "b"})) is None


def test_an_account_activity_body_is_split_into_all_its_things() -> None:
    body = {
        "for_user_id": "1",
        "tweet_create_events": [
            {"id_str": "10", "text": "@acme a", "user": {"id_str": "2"}},
            {"id_str": "11", "text": "RT", "user": {"id_str": "2"}, "retweeted_status": {"id_str": "9"}},
            {"id_str": "12", "text": "our own", "user": {"id_str": "1"}},
            {"id_str": "13", "text": "@carla", "user": {"id_str": "1"}, "in_reply_to_user_id_str": "2"},
        ],
        "direct_message_events": [
            {"type": "message_create", "id": "20", "message_create": {}},
            {"type": "message_create", "id": "21", "message_create": {}},
        ],
        "direct_message_indicate_typing_events": [{"sender_id": "2"}],
    }
    assert XApp.split(json.dumps(body).encode()) == [
        Piece(account="1", source_key="post:10", part="tweet_create_events/0", price="post_read"),
        Piece(account="1", source_key="post:13", part="tweet_create_events/3", price="post_read"),
        Piece(account="1", source_key="dm:20", part="direct_message_events/0", price="dm_read"),
        Piece(account="1", source_key="dm:21", part="direct_message_events/1", price="dm_read"),
    ]


def test_an_event_that_does_not_concern_us_has_no_pieces() -> None:
    event = {"data": {"event_type": "like.create", "filter": {"user_id": "1"}, "payload": {"id": "5"}}}
    assert XApp.split(json.dumps(event).encode()) == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b"\xff", b'{"hello": 1}', b'{"data": {"text": "a"}}', b"[" * 100_000]
)
def test_what_is_not_of_x_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        XApp.split(body)


@pytest.fixture
def subscribed(acme: X) -> Iterator[Receiver]:
    with receiver() as there:
        app = XApp(consumer_secret=acme.consumer_secret)
        there.on_get = lambda query: (
            200,
            str(app.handshake(Call(body=b"", query={"crc_token": query.removeprefix("crc_token=")}))).encode(),
        )
        acme.subscribe(there.url, "")
        yield there


def heard(x: XServer, there: Receiver, files: Path) -> list[tuple[str, object]]:
    """Every piece that was brought, as its key and what it reads as."""
    until(x.told, "the webhooks")
    app = XApp(consumer_secret=x.app.consumer_secret)
    found: list[tuple[str, object]] = []
    for place, (headers, body) in enumerate(there.got):
        app.verify(Call(body=body, headers=headers))
        path = files / f"{place}.json"
        path.write_bytes(body)
        for piece in app.split(body):
            facts = {"account": piece.account, "part": piece.part}
            found += [(piece.source_key, content) for content in X.read(Payload(body=path, facts=facts), files)]
    return found


@pytest.mark.parametrize("events", ["XAA", "AAA"])
@pytest.mark.parametrize("spelling", ["tweet", "post"])
def test_a_webhook_and_a_poll_agree(
    x: XServer, acme: X, subscribed: Receiver, files: Path, clock: Clock, events: str, spelling: str
) -> None:
    x.rule(events=events, spelling=spelling)
    x.post("carla", "@acme it is <broken> & torn")
    x.direct_message("carla", "acme", "in private", media=[Upload("image/png", b"\x89PNG")])
    x.direct_message("acme", "carla", "we see")
    pushed = dict(heard(x, subscribed, files))
    first = acme.fetch("", files, clock.now)
    second = acme.fetch(first.cursor, files, clock.now)
    polled = {
        fetched.source_key: content
        for fetched in (*first.payloads, *second.payloads)
        for content in X.read(Payload(body=fetched.body, facts=fetched.facts), files)
    }
    assert set(pushed) == set(polled)
    for key, content in polled.items():
        pushed_said, polled_said = (getattr(each, "said", each) for each in (pushed[key], content))
        for name in ("provider_id", "reference", "text", "thread_key", "parents", "public", "remote"):
            assert getattr(pushed_said, name) == getattr(polled_said, name), (key, name)
        assert type(pushed[key]) is type(content)


def test_an_answer_that_names_us_comes_in_two_events_with_one_key(
    x: XServer, acme: X, subscribed: Receiver, files: Path
) -> None:
    ours = x.post("acme", "We are open again")
    answer = x.post("carla", "@acme until when?", in_reply_to=ours.id)
    assert [key for key, _ in heard(x, subscribed, files)] == [f"post:{answer.id}"] * 2


def test_a_consent_that_is_taken_back_is_told(files: Path) -> None:
    event = {"data": {"event_uuid": "-5", "filter": {}, "event_type": "oauth.revoke"}}
    event["data"]["payload"] = {"date_time": "2026-07-23T21:44:05+00:00", "user_id": "1", "app_id": "2"}
    body = files / "revoked.json"
    body.write_text(json.dumps(event))
    (piece,) = XApp.split(body.read_bytes())
    assert piece.account == "1"
    (content,) = X.read(Payload(body=body, facts={"account": "1", "part": piece.part}), files)
    assert isinstance(content, Revoked)
