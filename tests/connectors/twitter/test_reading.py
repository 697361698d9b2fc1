"""What posts and messages say: the odd ones. Those of the provider's documentation are in `examples/`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Content, Echo, Incoming, Payload, Receipt, Remote
from connectors.errors import Unreadable
from connectors.twitter.connector import X


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(body: object, **facts: str) -> list[Content]:
        path = tmp_path / "body.json"
        path.write_text(json.dumps(body))
        return list(X.read(Payload(body=path, facts=facts), tmp_path))

    return reading


def post(**fields: object) -> dict[str, Any]:
    return {"data": {"id": "10", "text": "hello", "author_id": "2", "conversation_id": "10", **fields}}


def test_of_a_webhooks_body_only_the_named_part_is_read(read: Any) -> None:
    events = [{"id_str": str(number), "text": f"{number}", "user": {"id_str": "2"}} for number in (10, 11, 12)]
    (said,) = read({"for_user_id": "1", "tweet_create_events": events}, account="1", part="tweet_create_events/1")
    assert said.provider_id == "11"


def test_a_part_that_is_not_there_is_said_so(read: Any) -> None:
    with pytest.raises(Unreadable):
        read(post(), part="data/7")


def test_our_own_answer_is_an_echo_to_whom_it_answers(read: Any) -> None:
    (echo,) = read(post(author_id="1", in_reply_to_user_id="2", conversation_id="9"), account="1")
    assert isinstance(echo, Echo)
    assert echo.said.thread_key == "public:9:2"
    assert [person.address for person in echo.said.to] == ["2"]


def test_a_later_part_of_our_own_thread_is_for_whom_it_mentions(read: Any) -> None:
    mentions = {"mentions": [{"username": "acme", "id": "1"}, {"username": "carla", "id": "2"}]}
    (echo,) = read(post(author_id="1", in_reply_to_user_id="1", conversation_id="9", entities=mentions), account="1")
    assert echo.said.thread_key == "public:9:2"


def test_our_own_post_that_answers_nobody_says_nothing_to_the_desk(read: Any) -> None:
    assert read(post(author_id="1"), account="1") == []


def test_a_repost_is_nothing_that_was_said(read: Any) -> None:
    with pytest.raises(Unreadable):
        read(post(referenced_tweets=[{"type": "retweeted", "id": "5"}]), account="1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@acme @max hello", "hello"),
        ("@acme", "@acme"),
        ("hello @acme there", "hello @acme there"),
        ("@stranger @acme hello", "@stranger @acme hello"),
        ("@ACME hello", "hello"),
    ],
)
def test_names_before_an_answer_are_folded_away(read: Any, text: str, expected: str) -> None:
    entities = {"mentions": [{"username": "acme", "id": "1"}, {"username": "max", "id": "3"}]}
    references = [{"type": "replied_to", "id": "9"}]
    (said,) = read(post(text=text, entities=entities, referenced_tweets=references), account="1")
    assert (said.text, said.reply_text) == (text, expected)


def test_names_before_a_post_that_answers_nobody_are_part_of_it(read: Any) -> None:
    entities = {"mentions": [{"username": "acme", "id": "1"}]}
    (said,) = read(post(text="@acme hello", entities=entities), account="1")
    assert said.reply_text == "@acme hello"


def test_what_x_escapes_is_unescaped_once(read: Any) -> None:
    (said,) = read(post(text="1 &lt; 2 &amp;amp; &quot;", lang="en"), account="1")
    assert said.text == "1 < 2 &amp; &quot;"
    assert said.language == "en"


def test_the_quoted_post_comes_with_its_words_if_they_are_there(read: Any) -> None:
    body = post(referenced_tweets=[{"type": "quoted", "id": "5"}])
    body["includes"] = {
        "tweets": [{"id": "5", "text": "our offer", "author_id": "1", "created_at": "2026-01-01T00:00:00Z"}]
    }
    (said,) = read(body, account="1")
    assert said.post is not None
    assert (said.post.reference, said.post.text, said.post.link) == ("5", "our offer", "https://x.com/i/web/status/5")
    assert said.post.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_quote_of_version_1_carries_the_quoted_post_inside(read: Any) -> None:
    quoted = {"id_str": "5", "text": "our offer", "user": {"id_str": "1", "name": "Acme", "screen_name": "acme"}}
    event = {
        "id_str": "10",
        "text": "look",
        "user": {"id_str": "2"},
        "quoted_status_id_str": "5",
        "quoted_status": quoted,
    }
    (said,) = read({"for_user_id": "1", "tweet_create_events": [event]})
    assert said.post is not None
    assert (said.post.author, said.post.text) == ("Acme (@acme)", "our offer")


def test_photos_of_version_1_are_kept_at_x(read: Any) -> None:
    photo = {"type": "photo", "media_url_https": "https://pbs.twimg.com/media/a.png", "url": "https://t.co/p"}
    event = {"id_str": "10", "text": "look https://t.co/p", "user": {"id_str": "2"}}
    event |= {"extended_entities": {"media": [photo]}, "entities": {"media": [photo]}}
    (said,) = read({"for_user_id": "1", "tweet_create_events": [event]})
    assert said.text == "look"
    assert said.remote == (Remote(address="https://pbs.twimg.com/media/a.png", name="a.png", media_type="image/png"),)


def test_a_message_that_we_sent_elsewhere_is_an_echo_in_both_shapes(read: Any) -> None:
    newer = {"id": "20", "event_type": "MessageCreate", "text": "hi", "sender_id": "1", "dm_conversation_id": "1-2"}
    older: dict[str, object] = {"type": "message_create", "id": "20", "created_timestamp": "1784928224372"}
    older["message_create"] = {"target": {"recipient_id": "2"}, "sender_id": "1", "message_data": {"text": "hi"}}
    for body in ({"data": newer}, {"for_user_id": "1", "direct_message_events": [older]}):
        (echo,) = read(body, account="1")
        assert isinstance(echo, Echo)
        assert (echo.said.provider_id, echo.said.text, echo.said.thread_key) == ("20", "hi", "dm:2")


@pytest.mark.parametrize(("sender", "kind"), [("2", Echo), ("1", Incoming)])
def test_of_two_the_other_one_is_the_customer(read: Any, sender: str, kind: type[Content]) -> None:
    event = {"id": "20", "event_type": "MessageCreate", "text": "hi", "sender_id": sender, "dm_conversation_id": "1-2"}
    (content,) = read({"data": event}, account="2")
    assert isinstance(content, kind)
    said = content.said if isinstance(content, Echo) else content
    assert isinstance(said, Incoming)
    assert said.thread_key == "dm:1"


def test_a_message_to_ourselves_does_not_break_it(read: Any) -> None:
    event = {"id": "20", "event_type": "MessageCreate", "text": "hi", "sender_id": "1", "dm_conversation_id": "1-1"}
    (echo,) = read({"data": event}, account="1")
    assert echo.said.thread_key == "dm:1"


def test_that_they_read_it_is_a_receipt_and_that_we_did_is_nothing(read: Any) -> None:
    event = {"created_timestamp": "1518452444662", "sender_id": "2", "last_read_event_id": "20"}
    body = {"for_user_id": "1", "direct_message_mark_read_events": [event]}
    (receipt,) = read(body, account="1")
    assert isinstance(receipt, Receipt)
    assert (receipt.provider_id, receipt.recipient, receipt.up_to) == ("20", "2", receipt.at)
    assert read({**body, "direct_message_mark_read_events": [{**event, "sender_id": "1"}]}, account="1") == []


@pytest.mark.parametrize(
    "told", ["2026-07-24T21:05:48.000Z", "Fri Jul 24 21:05:48 +0000 2026", "1784927148000", "2026-07-24T21:05:48"]
)
def test_a_time_is_understood_in_every_way_it_is_told(read: Any, told: str) -> None:
    (said,) = read(post(created_at=told), account="1")
    assert said.sent_at == datetime(2026, 7, 24, 21, 5, 48, tzinfo=UTC)


@pytest.mark.parametrize("told", ["", "yesterday", "a b c d e f", None, 9e99, "9" * 30])
def test_a_time_that_is_none_is_left_out(read: Any, told: object) -> None:
    (said,) = read(post(created_at=told), account="1")
    assert said.sent_at is None


@pytest.mark.parametrize(
    "fields",
    [
        {"entities": [1]},
        {"entities": {"urls": "x", "mentions": [None, 5]}},
        {"attachments": 5},
        {"attachments": {"media_keys": [None, 5, "3_1"]}},
        {"attachments": {"media_keys": 5}},
        {"referenced_tweets": {"id": 5}},
        {"edit_history_tweet_ids": 7},
        {"text": {"not": "text"}},
        {"author_id": None},
        {"note_tweet": "x"},
    ],
)
def test_odd_fields_do_not_break_the_reader(read: Any, fields: dict[str, object]) -> None:
    (said,) = read(post(**fields), account="1")
    assert isinstance(said, Incoming)


def test_a_file_of_another_scheme_is_left_alone(read: Any) -> None:
    body = post(attachments={"media_keys": ["3_1"]})
    body["includes"] = {"media": [{"media_key": "3_1", "type": "photo", "url": "file:///etc/passwd"}]}
    (said,) = read(body, account="1")
    assert said.remote == ()
