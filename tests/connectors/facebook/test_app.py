"""Our app at Facebook: signatures, the handshake, and bodies taken apart."""

import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import Call
from connectors.errors import NotFromProvider, Unreadable
from connectors.facebook.app import FacebookApp
from tests.connectors.facebook.conftest import PAGE

APP = FacebookApp(app_id="1", app_secret="app-secret-1", verify_token="our word")
BODY = (
    rb'{"object":"page","entry":[{"id":"1","time":1,"messaging":'
    rb'[{"message":{"mid":"m_1","text":"\u00e4\u00f6\u00e5"}}]}]}'
)
SIGNATURE = "sha256=377942491e3e0bbb7fe201a902bf4769607a7c34549e04c7d34ba82ad0988d44"


def body(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"object": "page", "entry": list(entries)}).encode()


def said(mid: str, text: str = "hello", sender: str = "7") -> dict[str, Any]:
    return {
        "sender": {"id": sender},
        "recipient": {"id": PAGE},
        "timestamp": 1458692752478,
        "message": {"mid": mid, "text": text},
    }


def commented(verb: str, by: str = "7") -> dict[str, Any]:
    value = {"item": "comment", "verb": verb, "comment_id": "4_5", "post_id": f"{PAGE}_4", "message": "until when?"}
    return {"field": "feed", "value": {**value, "from": {"id": by, "name": "Carla"}, "created_time": 1520383571}}


def keys(*entries: dict[str, Any]) -> list[str]:
    return [piece.source_key for piece in FacebookApp.split(body(*entries))]


def changes(*them: dict[str, Any], time: int = 1520383572) -> dict[str, Any]:
    return {"id": PAGE, "time": time, "changes": list(them)}


def test_the_bytes_that_were_sent_are_the_ones_that_are_signed() -> None:
    APP.verify(Call(body=BODY, headers={"X-Hub-Signature-256": SIGNATURE}))
    APP.verify(Call(body=BODY, headers={"x-hub-signature-256": SIGNATURE}))


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Call(body=BODY), id="no signature"),
        pytest.param(Call(body=BODY, headers={"X-Hub-Signature-256": SIGNATURE[:-1] + "5"}), id="another one"),
        pytest.param(Call(body=BODY + b" ", headers={"X-Hub-Signature-256": SIGNATURE}), id="other bytes"),
        pytest.param(
            Call(
                body=json.dumps(json.loads(BODY), ensure_ascii=False).encode(),
                headers={"X-Hub-Signature-256": SIGNATURE},
            ),
            id="written anew",
        ),
        pytest.param(Call(body=BODY, headers={"X-Hub-Signature-256": "ÿ"}), id="nonsense"),
    ],
)
def test_what_is_not_signed_so_is_not_from_facebook(call: Call) -> None:
    with pytest.raises(NotFromProvider):
        APP.verify(call)


def test_without_a_secret_nobody_is_believed() -> None:
    signed = "sha256=" + hmac.digest(b"", BODY, "sha256").hex()
    with pytest.raises(NotFromProvider):
        replace(APP, app_secret="").verify(Call(body=BODY, headers={"X-Hub-Signature-256": signed}))


def test_the_challenge_is_given_back_to_who_knows_our_word() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "our word"}
    assert APP.handshake(Call(body=b"", query=asked)) == "1158201444"
    for wrong in ({"hub.verify_token": "another"}, {"hub.verify_token": ""}):
        with pytest.raises(NotFromProvider):
            APP.handshake(Call(body=b"", query=asked | wrong))
    with pytest.raises(NotFromProvider):
        replace(APP, verify_token="").handshake(Call(body=b"", query=asked | {"hub.verify_token": ""}))
    assert APP.handshake(Call(body=b"", query={})) is None


def test_several_entries_and_pages_come_apart_in_order() -> None:
    pieces = FacebookApp.split(
        body(
            {"id": PAGE, "time": 1, "messaging": [said("m_1"), said("m_2")]},
            {"id": 22, "time": 1, "standby": [said("m_3")], "changes": [commented("add")]},
        )
    )
    assert [
        (piece.account, piece.source_key.rpartition(":")[0] or piece.source_key, piece.part) for piece in pieces
    ] == [
        (PAGE, "mid", "0/messaging/0"),
        (PAGE, "mid", "0/messaging/1"),
        ("22", "mid", "1/standby/0"),
        ("22", "comment:4_5:add", "1/changes/0"),
    ]


def test_each_thing_has_a_key_of_its_own() -> None:
    ends: dict[str, object] = {"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 5}
    events: list[dict[str, object]] = [
        {"message": {"mid": "m_1", "is_deleted": True}},
        {"message_edit": {"mid": "m_1", "num_edit": "2"}},
        {"reaction": {"mid": "m_1", "action": "react"}},
        {"postback": {"mid": "m_2"}},
        {"postback": {"title": "old"}},
        {"read": {"watermark": 9}},
        {"referral": {"ref": "x"}},
    ]
    assert keys({"id": PAGE, "time": 1, "messaging": [ends | event for event in events]}) == [
        "unsend:m_1",
        "edit:m_1:2",
        "reaction:m_1:7:5",
        "postback:m_2",
        "postback:7:5",
        "read:7:9",
        "referral:7:5",
    ]


def test_deliveries_of_one_moment_are_told_apart_by_their_messages() -> None:
    ends = {"sender": {"id": "7"}, "recipient": {"id": PAGE}}
    told = [{"mids": ["m_1"], "watermark": 9}, {"mids": ["m_2"], "watermark": 9}, {"watermark": 9}]
    assert len(set(keys({"id": PAGE, "time": 1, "messaging": [ends | {"delivery": each} for each in told]}))) == 3


def test_a_comment_that_is_hidden_twice_is_two_things_and_one_added_twice_is_one() -> None:
    hidden = [*keys(changes(commented("hide"), time=1)), *keys(changes(commented("hide"), time=2))]
    added = [*keys(changes(commented("add"), time=1)), *keys(changes(commented("add"), time=2))]
    assert len(set(hidden)) == 2
    assert len(set(added)) == 1


def test_what_concerns_nobody_is_left_out() -> None:
    own = commented("add", by=PAGE)
    like = {
        "field": "feed",
        "value": {"item": "reaction", "verb": "add", "post_id": f"{PAGE}_4", "reaction_type": "like"},
    }
    own_post = {"field": "feed", "value": {"item": "status", "verb": "add", "post_id": "1_2", "from": {"id": PAGE}}}
    on_our_wall = {
        "field": "mention",
        "value": {"item": "comment", "verb": "add", "post_id": f"{PAGE}_4", "comment_id": "4_5"},
    }
    handover = {"sender": {"id": "7"}, "recipient": {"id": PAGE}, "pass_thread_control": {"new_owner_app_id": "1"}}
    assert keys({**changes(own, like, own_post, on_our_wall), "messaging": [handover]}) == []


def test_our_own_comment_that_was_changed_elsewhere_is_told() -> None:
    assert len(keys(changes(commented("edited", by=PAGE)))) == 1


def test_a_thing_without_an_id_spoils_no_other() -> None:
    nameless = said("m_1") | {"message": {"text": "who am I"}}
    found = keys({"id": PAGE, "time": 1, "messaging": [nameless, said("m_2")]})
    assert found[0].startswith("unnamed:")
    assert found[1] == "mid:m_2"


@pytest.mark.parametrize(
    "wrong", [b"", b"[]", b"nonsense", b'{"object":"instagram","entry":[]}', b"[" * 100_000, b'{"a":1}']
)
def test_what_is_not_of_facebook_is_said_to_be_so(wrong: bytes) -> None:
    with pytest.raises(Unreadable):
        FacebookApp.split(wrong)
