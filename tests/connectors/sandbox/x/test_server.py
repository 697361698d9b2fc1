"""X as a client library meets it that knows nothing of this stand-in."""

from collections.abc import Iterator

import pytest
import tweepy

from connectors.sandbox.x.server import XServer, address
from tests.connectors.sandbox.x.conftest import API, Redirect


@pytest.fixture
def client(x: XServer, port: int) -> Iterator[tweepy.Client]:
    token, secret = x.keys("demo")
    made = tweepy.Client(
        consumer_key=x.app.consumer_key,
        consumer_secret=x.app.consumer_secret,
        access_token=token,
        access_token_secret=secret,
    )
    made.session.mount(API, Redirect(address(port)))
    yield made
    made.session.close()


def test_a_mention_is_read_and_answered(x: XServer, client: tweepy.Client) -> None:
    asked = x.post("carla", "@demo where is my parcel?")
    page = client.get_users_mentions(x.account("demo").id, user_auth=True, expansions=["author_id"])
    assert page.data[0].text == "@demo where is my parcel?"
    assert page.includes["users"][0].username == "carla"
    made = client.create_tweet(text="On its way", in_reply_to_tweet_id=page.data[0].id)
    assert [post.id for post in x.thread(asked.id)] == [asked.id, made.data["id"]]


def test_a_message_is_read_and_answered(x: XServer, client: tweepy.Client) -> None:
    asked = x.direct_message("carla", "demo", "Hello")
    page = client.get_direct_message_events(dm_event_fields=["sender_id", "dm_conversation_id"])
    assert page.data[0].dm_conversation_id == asked.conversation
    client.create_direct_message(participant_id=page.data[0].sender_id, text="Good morning")
    assert [message.text for message in x.messages("carla", "demo")] == ["Hello", "Good morning"]


def test_refusals_arrive_as_the_library_knows_them(x: XServer, client: tweepy.Client) -> None:
    alone = x.post("carla", "talking to myself")
    with pytest.raises(tweepy.Forbidden, match="otherwise engaged"):
        client.create_tweet(text="Hi", in_reply_to_tweet_id=alone.id)
    x.misbehave(answer="402")
    with pytest.raises(tweepy.HTTPException) as refused:
        client.get_me()
    assert refused.value.response.status_code == 402
    x.misbehave(answer="429", reset_seconds=None)
    with pytest.raises(tweepy.TooManyRequests):
        client.get_me()
