"""What a poll brings, of X on loopback."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as with_other

from connectors import meter
from connectors.contract import Batch, Change, Content, Echo, GapCheck, Incoming, Payload
from connectors.errors import CredentialsRefused, CreditsSpent, TryLater
from connectors.sandbox.x import public
from connectors.sandbox.x.server import XServer
from connectors.twitter import timelines
from connectors.twitter.api import Api, Keys
from connectors.twitter.connector import X
from connectors.twitter.cursor import Posts
from tests.connectors.http_server import http_server
from tests.connectors.twitter.conftest import Clock

DAY = timedelta(days=1)


def poll(connector: X, cursor: str, folder: Path, clock: Clock) -> tuple[list[Batch], str]:
    """All batches until there is no more, and the cursor then."""
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batches.append(connector.fetch(cursor, folder, clock.now))
        cursor = batches[-1].cursor
        assert len(batches) < 100
    return batches, cursor


def keys(batches: Sequence[Batch]) -> list[str]:
    return [fetched.source_key for batch in batches for fetched in batch.payloads]


def contents(batches: Sequence[Batch], folder: Path) -> list[Content]:
    payloads = [fetched for batch in batches for fetched in batch.payloads]
    return [content for each in payloads for content in X.read(Payload(body=each.body, facts=each.facts), folder)]


def texts(batches: Sequence[Batch], folder: Path) -> list[str]:
    return [content.text for content in contents(batches, folder) if isinstance(content, Incoming)]


def compare(
    connector: X, cursor: str, known: Callable[[Sequence[str]], set[str]], folder: Path, clock: Clock, place: str = ""
) -> Batch:
    """What a gap check brings."""
    return connector.missed(GapCheck(cursor=cursor, known=known, place=place), folder, clock.now)


def nothing(_: Sequence[str]) -> set[str]:
    """What we hold of these."""
    return set()


@pytest.fixture(params=["oauth2", "oauth1"])
def desk(request: pytest.FixtureRequest, acme: X, signed: X) -> X:
    return acme if request.param == "oauth2" else signed


def test_mentions_and_messages_come_oldest_first_and_once(x: XServer, desk: X, files: Path, clock: Clock) -> None:
    post = x.post("carla", "@acme it is broken")
    message = x.direct_message("carla", "acme", "and in private")
    batches, cursor = poll(desk, "", files, clock)
    assert keys(batches) == [f"post:{post.id}", f"dm:{message.id}"]
    assert texts(batches, files) == ["@acme it is broken", "and in private"]
    clock.ahead += 61
    assert keys(poll(desk, cursor, files, clock)[0]) == []


def test_each_file_is_read_alone(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    post = x.post("carla", "@acme it is broken")
    batch = acme.fetch("", files, clock.now)
    (said,) = contents([batch], files)
    assert isinstance(said, Incoming)
    carla = x.account("carla").id
    assert (said.provider_id, said.sender.address, said.public) == (post.id, carla, True)
    assert said.thread_key == f"public:{post.id}:{carla}"
    assert json.loads(Payload(body=batch.payloads[0].body).read())["data"]["id"] == post.id
    assert batch.payloads[0].facts == {"account": acme.account}


def test_an_answer_that_does_not_name_us_is_found_by_search(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    ours = x.post("acme", "We are open again")
    answer = x.post("carla", "until when?", in_reply_to=ours.id)
    x.platform.world.put(with_other(answer, implied=[]))  # she has unticked our name
    batches, _ = poll(acme, "", files, clock)
    assert texts(batches, files) == ["until when?"]


def test_an_answer_to_our_post_joins_the_tree_of_its_author(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    ours = x.post("acme", "We are open again")
    answer = x.post("carla", "until when?", in_reply_to=ours.id)
    batches, _ = poll(acme, "", files, clock)
    (said,) = contents(batches, files)
    assert isinstance(said, Incoming)
    assert (said.provider_id, said.parents) == (answer.id, (ours.id,))
    assert said.thread_key == f"public:{ours.id}:{x.account('carla').id}"
    assert said.reply_text == "until when?"
    assert said.post is not None
    assert said.post.reference == ours.id


def test_our_own_posts_are_not_brought_and_our_own_messages_are_echoes(
    x: XServer, acme: X, files: Path, clock: Clock
) -> None:
    x.post("acme", "@acme talks to itself")
    x.direct_message("carla", "acme", "hello")
    x.direct_message("acme", "carla", "hello carla")
    batches, _ = poll(acme, "", files, clock)
    hers, ours = contents(batches, files)
    assert isinstance(hers, Incoming)
    assert isinstance(ours, Echo)
    assert ours.said.thread_key == hers.thread_key == f"dm:{x.account('carla').id}"
    assert [person.address for person in ours.said.to] == [x.account("carla").id]


def test_an_edited_post_comes_again_as_an_edit(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    post = x.post("carla", "@acme it is brocken")
    _, cursor = poll(acme, "", files, clock)
    edited = x.edit(post.id, "@acme it is broken")
    batches, _ = poll(acme, cursor, files, clock)
    assert keys(batches) == [f"post-edit:{edited.id}"]
    (change,) = contents(batches, files)
    assert isinstance(change, Change)
    assert (change.provider_id, change.text) == (post.id, "@acme it is broken")
    assert change.said is not None
    assert change.said.provider_id == post.id


def test_both_spellings_say_the_same(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    ours = x.post("acme", "We are open again")
    x.post("carla", "until <when> & where? example.com", in_reply_to=ours.id)
    older, _ = poll(acme, "", files, clock)
    x.rule(spelling="post")
    newer, _ = poll(acme, "", files, clock)
    assert contents(older, files) == contents(newer, files)
    assert texts(newer, files) == ["@acme until <when> & where? http://example.com"]


def test_an_outage_of_two_days_is_brought_page_by_page_oldest_first(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    _, cursor = poll(signed, "", files, clock)
    for number in range(130):
        x.post("carla", f"@acme post {number}")
    for number in range(120):
        x.direct_message("carla", "acme", f"message {number}")
    clock.ahead += 2 * 24 * 3600
    with meter.listening() as heard:
        batches, cursor = poll(signed, cursor, files, clock)
    assert len(heard.things["post_read"]) == 130
    assert all(len(batch.payloads) <= 50 for batch in batches)
    said = texts(batches, files)
    assert [text for text in said if "post" in text] == [f"@acme post {number}" for number in range(130)]
    assert sorted(text for text in said if "message" in text) == sorted(f"message {number}" for number in range(120))
    clock.ahead += 61
    assert keys(poll(signed, cursor, files, clock)[0]) == []


@pytest.mark.parametrize("kept", [60, 80, 139])
def test_more_mentions_than_x_lists_are_searched_for(
    x: XServer, acme: X, files: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(public, "MENTIONS_KEPT", kept)
    first = x.post("carla", "@acme before the outage")
    _, cursor = poll(acme, "", files, clock)
    said = [x.post("carla", f"@acme {number}").id for number in range(140)]
    batches, _ = poll(acme, cursor, files, clock)
    assert keys(batches) == [f"post:{post}" for post in said]
    assert first.id not in said


def test_a_poll_that_is_killed_on_the_way_back_loses_nothing(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    _, cursor = poll(acme, "", files, clock)
    made = [x.post("carla", f"@acme post {number}").id for number in range(90)]
    clock.ahead += 61
    first = acme.fetch(cursor, files, clock.now)
    acme.fetch(first.cursor, files, clock.now)  # this one's answer is never kept
    later = [x.post("carla", "@acme one more").id]
    rest, _ = poll(acme, first.cursor, files, clock)
    assert keys([first, *rest]) == [f"post:{post}" for post in [*made, *later]]


def test_messages_are_asked_for_once_a_minute(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    _, cursor = poll(acme, "", files, clock)
    message = x.direct_message("carla", "acme", "hello")
    batches, cursor = poll(acme, cursor, files, clock)
    assert keys(batches) == []
    clock.ahead += 61
    assert keys(poll(acme, cursor, files, clock)[0]) == [f"dm:{message.id}"]


def test_a_limit_that_is_used_up_rests_until_it_is_whole_and_holds_up_nothing_else(
    x: XServer, acme: X, files: Path, clock: Clock
) -> None:
    _, cursor = poll(acme, "", files, clock)
    x.direct_message("carla", "acme", "hello")
    x.post("carla", "@acme hello")
    clock.ahead += 61
    x.misbehave(on="GET /2/dm_events", answer="429", reset_seconds=600)
    batches, cursor = poll(acme, cursor, files, clock)
    assert texts(batches, files) == ["@acme hello"]
    x.misbehave()
    clock.ahead += 61
    assert texts(poll(acme, cursor, files, clock)[0], files) == []
    clock.ahead += 600
    assert texts(poll(acme, cursor, files, clock)[0], files) == ["hello"]


def test_it_says_when_to_come_again_where_nothing_may_be_asked_before(
    x: XServer, acme: X, files: Path, clock: Clock
) -> None:
    x.misbehave(answer="429", reset_seconds=600)
    batch = acme.fetch("", files, clock.now)
    assert batch.payloads == []
    assert not batch.more
    assert batch.again_at is not None
    assert timedelta(minutes=9) < batch.again_at - clock.now <= timedelta(minutes=10)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("429 code 88", TryLater),
        ("401", CredentialsRefused),
        ("402", CreditsSpent),
        ("402 as 403", CreditsSpent),
        ("500 HTML", TryLater),
        ("503 HTML", TryLater),
        ("200 not JSON", TryLater),
    ],
)
def test_a_failure_moves_no_cursor(
    x: XServer, acme: X, files: Path, clock: Clock, answer: str, error: type[Exception]
) -> None:
    x.post("carla", "@acme hello")
    x.misbehave(answer=answer, reset_seconds=None)
    with pytest.raises(error):
        acme.fetch("", files, clock.now)


def test_a_cut_line_is_tried_later(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    x.misbehave(cut="middle")
    with pytest.raises(TryLater):
        acme.fetch("", files, clock.now)


def test_what_is_read_is_counted_and_authors_are_not_bought(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    posts = {x.post("carla", f"@acme {word}").id for word in ("one", "two")}
    message = x.direct_message("carla", "acme", "three")
    with meter.listening() as heard:
        poll(acme, "", files, clock)
    assert (heard.things, heard.units) == ({"post_read": posts, "dm_read": {message.id}}, {})
    assert heard.left["mentions"].limit == 300
    assert heard.left["dm_read"].remaining == 14
    with meter.listening() as heard:
        poll(replace(acme, owns_app=True), "", files, clock)
    assert heard.things == {"owned_read": posts, "dm_read": {message.id}}


def test_the_gap_check_brings_what_is_not_known(x: XServer, signed: X, files: Path, clock: Clock) -> None:
    posts = [x.post("carla", f"@acme {number}") for number in range(3)]
    message = x.direct_message("carla", "acme", "hello")
    _, cursor = poll(signed, "", files, clock)

    def known(asked: Sequence[str]) -> set[str]:
        return set(asked) - {f"post:{posts[1].id}", f"dm:{message.id}"}

    batch = compare(signed, cursor, known, files, clock)
    assert keys([batch]) == [f"post:{posts[1].id}", f"dm:{message.id}"]
    clock.ahead += 31 * 3600
    assert keys([compare(signed, cursor, lambda _: set(), files, clock)]) == []


def test_the_gap_check_looks_back_over_the_whole_day_which_is_paid_for(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    to_come = (clock.now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    clock.ahead += (to_come - clock.now).total_seconds() + 60
    post = x.post("carla", "@acme good morning")
    _, cursor = poll(signed, "", files, clock)
    clock.ahead += 20 * 3600
    assert keys([compare(signed, cursor, lambda _: set(), files, clock)]) == [f"post:{post.id}"]


@pytest.fixture
def morning(clock: Clock) -> None:
    """It is a minute past midnight, in UTC."""
    to_come = (clock.now + DAY).replace(hour=0, minute=0, second=0)
    clock.ahead += (to_come - clock.now).total_seconds() + 60


def checked_hourly(x: X, cursor: str, files: Path, clock: Clock, hours: int, place: str = "") -> str:
    """So many gap checks, one an hour; where the last one stands."""
    for _ in range(hours):
        clock.ahead += 3600
        place = compare(x, cursor, set, files, clock, place).cursor
    return place


@pytest.mark.usefixtures("morning")
def test_what_was_paid_for_yesterday_is_not_bought_again_by_gap_checks_that_follow_each_other(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    clock.ahead += 14 * 3600
    x.post("carla", "@acme in the afternoon")
    for number in range(30):
        x.direct_message("carla", "acme", f"{number} in the afternoon")
    _, cursor = poll(signed, "", files, clock)
    place = checked_hourly(signed, cursor, files, clock, 9)
    clock.ahead += 3600
    with meter.listening() as polled:
        _, cursor = poll(signed, cursor, files, clock)
    with meter.listening() as compared:
        checked_hourly(signed, cursor, files, clock, 12, place)
    assert compared.things == polled.things
    assert set(compared.things) == {"dm_read"}


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize("hours", [12, 30])
def test_gap_checks_that_were_left_out_are_made_up_for(
    x: XServer, signed: X, files: Path, clock: Clock, hours: int
) -> None:
    _, cursor = poll(signed, "", files, clock)
    place = checked_hourly(signed, cursor, files, clock, 17)
    clock.ahead += 1800
    lost = [f"post:{x.post('carla', '@acme in the evening').id}"]
    lost += [f"dm:{x.direct_message('carla', 'acme', 'in the evening').id}"]
    clock.ahead += hours * 3600
    assert keys([compare(signed, cursor, nothing, files, clock, place)]) == (lost if hours < 24 else [])


@pytest.mark.usefixtures("morning")
def test_a_gap_check_that_could_not_see_all_of_a_list_is_made_up_for_there(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    _, cursor = poll(signed, "", files, clock)
    place = checked_hourly(signed, cursor, files, clock, 17)
    post, message = x.post("carla", "@acme hello"), x.direct_message("carla", "acme", "hello")
    x.misbehave(on="GET /2/dm_events", answer="429", reset_seconds=600)
    place = checked_hourly(signed, cursor, files, clock, 14, place)
    x.misbehave()
    assert keys([compare(signed, cursor, nothing, files, clock, place)]) == [f"dm:{message.id}"]
    assert f"post:{post.id}" in keys([compare(signed, cursor, nothing, files, clock, "")])


def test_a_list_of_which_the_last_call_shows_a_part_was_not_seen_whole(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    _, cursor = poll(signed, "", files, clock)
    x.rule(limits={"GET /2/dm_events": 2})
    clock.ahead += 3600
    for number in range(60):
        x.direct_message("carla", "acme", f"{number}")
    place = compare(signed, cursor, set, files, clock).cursor
    assert json.loads(place)["messages"]
    for number in range(60):
        x.direct_message("carla", "acme", f"{number}")
    clock.ahead += 3600
    after = compare(signed, cursor, set, files, clock, place).cursor
    assert json.loads(after)["messages"] == json.loads(place)["messages"]
    assert json.loads(after)["mentions"] > json.loads(place)["mentions"]


def test_the_gap_check_brings_nothing_from_before_the_account_was_connected(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    x.post("carla", "@acme before")
    x.direct_message("carla", "acme", "before")
    clock.ahead += 1
    _, cursor = poll(replace(signed, history_days=0), "", files, clock)
    clock.ahead += 1
    post = x.post("carla", "@acme after")
    assert keys([compare(signed, cursor, nothing, files, clock)]) == [f"post:{post.id}"]


def test_the_gap_check_looks_as_far_back_as_it_must(x: XServer, signed: X, files: Path, clock: Clock) -> None:
    lost = {f"post:{x.post('carla', '@acme first').id}", f"dm:{x.direct_message('carla', 'acme', 'first').id}"}
    for number in range(220):
        x.post("carla", f"@acme {number}")
    for number in range(60):
        x.direct_message("carla", "acme", f"{number}")
        clock.ahead += 1
    assert set(keys([compare(signed, "", lambda asked: set(asked) - lost, files, clock)])) == lost


def test_the_gap_check_brings_the_rest_where_one_limit_is_used_up(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    post = x.post("carla", "@acme hello")
    x.direct_message("carla", "acme", "hello")
    x.misbehave(on="GET /2/dm_events", answer="429", reset_seconds=600)
    assert keys([compare(signed, "", lambda _: set(), files, clock)]) == [f"post:{post.id}"]


def test_old_posts_are_left_where_they_are(x: XServer, signed: X, files: Path, clock: Clock) -> None:
    x.post("carla", "@acme long ago")
    x.direct_message("carla", "acme", "long ago")
    clock.ahead += 3 * 24 * 3600
    x.post("carla", "@acme today")
    assert texts(poll(signed, "", files, clock)[0], files) == ["@acme today"]
    clock.ahead += 61
    assert texts(poll(replace(signed, history_days=7), "", files, clock)[0], files) == [
        "@acme long ago",
        "@acme today",
        "long ago",  # only so many come at once
    ]


def test_a_channel_that_was_away_for_two_weeks_searches_the_last_seven_days(
    x: XServer, signed: X, files: Path, clock: Clock
) -> None:
    x.post("carla", "@acme first")
    _, cursor = poll(signed, "", files, clock)
    clock.ahead += 14 * 24 * 3600
    x.post("carla", "@acme second")
    assert texts(poll(signed, cursor, files, clock)[0], files) == ["@acme second"]


def test_an_answer_that_two_lists_hold_comes_once(files: Path, clock: Clock, allow_plain: Callable[..., None]) -> None:
    with http_server(allow_plain) as script:
        post = {"id": "10", "text": "@acme hello", "author_id": "2", "conversation_id": "10"}
        script.body = json.dumps({"data": [post], "meta": {"result_count": 1}}).encode()
        connector = X(username="acme", user_id="1", access_token="a", take_messages=False, base=script.base)
        batch = connector.fetch("", files, clock.now)
    assert keys([batch]) == ["post:10"]
    assert len(script.asked) == 2


def test_the_search_is_never_asked_for_ids_it_has_forgotten(clock: Clock) -> None:
    timeline = timelines.replies(Api(keys=Keys(bearer="a")), "acme")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    young, old = (str(int((now - age).timestamp() * 1000 - 1288834974657) << 22) for age in (DAY, 8 * DAY))
    assert timeline.begin(Posts(floor=now.isoformat(), since=young), now)[0] == young
    floor = (now - 30 * DAY).isoformat()
    assert timeline.begin(Posts(floor=floor, since=old), now) == ("", now - timelines.SEARCHED)


def test_a_page_that_leads_nowhere_ends_the_way_back(
    files: Path, clock: Clock, allow_plain: Callable[..., None]
) -> None:
    with http_server(allow_plain) as script:
        post = {"id": "10", "text": "@acme hello", "author_id": "2"}
        script.body = json.dumps({"data": [post], "meta": {"result_count": 1, "next_token": "again"}}).encode()
        connector = X(user_id="1", access_token="a", take_messages=False, base=script.base)
        batches, _ = poll(connector, "", files, clock)
    assert keys(batches) == ["post:10"]
