"""What things mean, the odd ones too; the ordinary ones are in `examples/`."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Change, Content, Echo, Incoming, Payload, Receipt, Verb
from connectors.errors import Unreadable
from connectors.facebook.moments import moment
from connectors.facebook.reading import read
from tests.connectors.facebook.conftest import PAGE

ENDS = {"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1458692752478}


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    return tmp_path / "payload.json"


def understood(payload: Path, body: Mapping[str, Any], part: str | None = None) -> Sequence[Content]:
    payload.write_text(json.dumps(body))
    facts = {"account": PAGE} | ({"part": part} if part else {})
    return read(Payload(body=payload, facts=facts), payload.parent)


def event(payload: Path, event: Mapping[str, Any]) -> Sequence[Content]:
    return understood(payload, {"object": "page", "entry": [{"id": PAGE, "time": 1458692752999, "messaging": [event]}]})


def message(payload: Path, **message: Any) -> Incoming:
    (said,) = event(payload, {**ENDS, "message": {"mid": "m_1", **message}})
    assert isinstance(said, Incoming)
    return said


def change(payload: Path, value: Mapping[str, Any], field: str = "feed") -> Sequence[Content]:
    changes = [{"field": field, "value": value}]
    return understood(payload, {"object": "page", "entry": [{"id": PAGE, "time": 1520383572, "changes": changes}]})


@pytest.mark.parametrize(
    "told",
    [1458692752, 1458692752000, "1458692752", "1458692752000", "2016-03-23T00:25:52+0000", "2016-03-23T00:25:52"],
)
def test_a_time_is_the_same_in_every_unit(told: object) -> None:
    assert moment(told) == datetime(2016, 3, 23, 0, 25, 52, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, "", "soon", 10**30, {"at": 1}, -1, "²"])
def test_what_is_no_time_is_none(told: object) -> None:
    assert moment(told) is None


def test_only_the_named_piece_is_read(payload: Path) -> None:
    events = [{**ENDS, "message": {"mid": f"m_{number}", "text": f"{number}"}} for number in range(3)]
    body = {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": events}]}
    (said,) = understood(payload, body, "0/messaging/2")
    assert isinstance(said, Incoming)
    assert said.text == "2"
    with pytest.raises(Unreadable):
        understood(payload, body, "0/messaging/3")


def test_a_quick_reply_without_words_is_read_by_what_it_stands_for(payload: Path) -> None:
    assert message(payload, quick_reply={"payload": "RED"}).text == "RED"


def test_a_place_and_a_template_are_words(payload: Path) -> None:
    place = {"type": "location", "title": "Here", "payload": {"coordinates": {"lat": 1.5, "long": 2.5}}}
    card = {"type": "template", "payload": {"elements": [{"title": "Shoe", "subtitle": "Red"}]}}
    assert message(payload, attachments=[place, card]).text == "Here\n1.5, 2.5\nShoe — Red"


def test_an_old_sticker_is_a_picture(payload: Path) -> None:
    old = {"type": "image", "payload": {"url": "https://scontent.xx.fbcdn.net/like.png", "sticker_id": 369239263222822}}
    (remote,) = message(payload, attachments=[old]).remote
    assert (remote.name, remote.media_type) == ("like.png", "image/png")


def test_what_has_no_address_is_no_file(payload: Path) -> None:
    odd = [
        {"type": "image", "payload": {"url": 5}},
        {"type": "file"},
        "x",
        {"type": "image", "payload": {"url": "file:///a"}},
    ]
    assert message(payload, attachments=odd).remote == ()


def test_who_came_by_an_ad_is_known_by_it(payload: Path) -> None:
    ad = {"ref": "", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": {"ad_title": "Shoes"}}
    assert message(payload, text="How much?", referral=ad).text == "How much?\n→ Shoes · ADS"


def test_an_echo_of_another_tool_carries_no_key_of_ours(payload: Path) -> None:
    for metadata in ("", "DEVELOPER_DEFINED", "otvet/k", "otvet/k/x", "otvet/k/1x"):
        echo = {"is_echo": True, "mid": "m_1", "text": "Hi", "metadata": metadata}
        (content,) = event(payload, {**ENDS, "message": echo})
        assert isinstance(content, Echo)
        assert (content.key, content.part) == ("", 0)
        assert content.said.thread_key == "dm:7"


def test_a_message_without_a_time_takes_that_of_its_entry(payload: Path) -> None:
    (said,) = event(payload, {"sender": {"id": "7"}, "recipient": {"id": PAGE}, "message": {"mid": "m_1", "text": "x"}})
    assert isinstance(said, Incoming)
    assert said.sent_at == datetime(2016, 3, 23, 0, 25, 52, 999000, tzinfo=UTC)


def test_a_visitor_of_the_plugin_is_known_by_his_reference(payload: Path) -> None:
    (said,) = event(payload, {**ENDS, "sender": {"user_ref": "plugin-7"}, "message": {"mid": "m_1", "text": "x"}})
    assert isinstance(said, Incoming)
    assert said.sender.address == "plugin-7"


@pytest.mark.parametrize(
    "odd",
    [
        {"sender": {"id": PAGE}, "recipient": {"id": PAGE}, "message": {"mid": "m_1"}},
        {"sender": {}, "recipient": None, "message": {"mid": "m_1"}},
        {**ENDS, "message": {"text": "no id"}},
    ],
)
def test_what_names_nobody_or_nothing_is_unreadable(payload: Path, odd: Mapping[str, Any]) -> None:
    with pytest.raises(Unreadable):
        event(payload, odd)


def test_a_delivery_names_each_message(payload: Path) -> None:
    told = event(payload, {**ENDS, "delivery": {"mids": ["m_1", "m_2"], "watermark": 1458692752}})
    assert [receipt.provider_id for receipt in told if isinstance(receipt, Receipt)] == ["m_1", "m_2"]


def test_a_receipt_without_a_watermark_says_nothing(payload: Path) -> None:
    assert event(payload, {**ENDS, "read": {}}) == []


def test_a_removed_comment_is_not_received_even_if_it_never_came(payload: Path) -> None:
    value = {"item": "comment", "verb": "remove", "comment_id": "4_5", "post_id": f"{PAGE}_4", "from": {"id": "7"}}
    (content,) = change(payload, {**value, "message": "still here"})
    assert isinstance(content, Change)
    assert (content.verb, content.said) == (Verb.DELETED, None)


def test_a_hidden_comment_that_is_not_told_whole_is_no_empty_message(payload: Path) -> None:
    value = {"item": "comment", "verb": "hide", "comment_id": "4_5", "post_id": f"{PAGE}_4", "from": {"id": "7"}}
    (content,) = change(payload, value)
    assert isinstance(content, Change)
    assert (content.verb, content.said) == (Verb.HIDDEN, None)


def test_an_edit_of_our_own_comment_is_no_message_of_a_customer(payload: Path) -> None:
    value = {"item": "comment", "verb": "edited", "comment_id": "4_5", "post_id": f"{PAGE}_4", "from": {"id": PAGE}}
    (content,) = change(payload, {**value, "message": "Until 9 pm"})
    assert isinstance(content, Change)
    assert (content.verb, content.text, content.said) == (Verb.EDITED, "Until 9 pm", None)


def test_people_whom_facebook_does_not_name_are_not_taken_for_one(payload: Path) -> None:
    threads = set()
    for comment in ("4_5", "4_6"):
        value = {"item": "comment", "verb": "add", "comment_id": comment, "post_id": f"{PAGE}_4", "message": "x"}
        (said,) = change(payload, value)
        assert isinstance(said, Incoming)
        threads.add(said.thread_key)
    assert len(threads) == 2


def test_a_visitors_photos_come_with_his_post(payload: Path) -> None:
    value = {"item": "photo", "verb": "add", "post_id": f"{PAGE}_9", "from": {"id": "7", "name": "Carla"}}
    (said,) = change(
        payload, {**value, "link": "https://x.fbcdn.net/1.jpg", "photos": ["https://x.fbcdn.net/2.jpg", 3]}
    )
    assert isinstance(said, Incoming)
    assert [remote.name for remote in said.remote] == ["2.jpg", "1.jpg"]
    assert said.text == ""


def test_a_link_that_is_shared_without_a_word_is_what_is_said(payload: Path) -> None:
    value = {
        "item": "share",
        "verb": "add",
        "post_id": f"{PAGE}_9",
        "from": {"id": "7"},
        "link": "https://example.org/a",
    }
    (said,) = change(payload, value)
    assert isinstance(said, Incoming)
    assert said.text == "https://example.org/a"


def test_a_mention_in_a_comment_elsewhere_hangs_under_that_post(payload: Path) -> None:
    value = {"item": "comment", "verb": "add", "post_id": "77_1", "comment_id": "1_2", "message": "ask them"}
    (said,) = change(payload, value, "mention")
    assert isinstance(said, Incoming)
    assert said.thread_key == "public:77_1:author-of-1_2"


@pytest.mark.parametrize(
    "odd", [{"verb": "add"}, {"verb": 5, "comment_id": []}, {"from": "x", "comment_id": "4_5"}, {}]
)
def test_nonsense_in_a_change_breaks_nothing(payload: Path, odd: Mapping[str, Any]) -> None:
    with suppress(Unreadable):
        change(payload, {"item": "comment", **odd})
