"""What a poll brings, of Facebook on loopback."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from connectors import meter
from connectors.contract import Batch, Content, Echo, GapCheck, Incoming, Payload
from connectors.errors import CredentialsRefused, TryLater
from connectors.facebook import cursor as cursors
from connectors.facebook import feed, older, talks
from connectors.facebook.api import Line
from connectors.facebook.app import FacebookApp
from connectors.facebook.connector import Facebook
from connectors.facebook.cursor import Talk
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.facebook.conftest import Hook, person

Clock = Callable[..., datetime]


def poll(page: Facebook, cursor: str, folder: Path, now: datetime) -> tuple[list[Batch], str]:
    """All batches until there is no more, and the cursor then."""
    batches: list[Batch] = []
    while not batches or batches[-1].more:
        batches.append(page.fetch(cursor, folder, now))
        cursor = batches[-1].cursor
        assert len(batches) < 100
    return batches, cursor


def keys(batches: Sequence[Batch]) -> list[str]:
    return [fetched.source_key for batch in batches for fetched in batch.payloads]


def contents(batches: Sequence[Batch], folder: Path) -> list[Content]:
    there = [fetched for batch in batches for fetched in batch.payloads]
    return [content for each in there for content in Facebook.read(Payload(body=each.body, facts=each.facts), folder)]


def texts(batches: Sequence[Batch], folder: Path) -> list[str]:
    return [content.text for content in contents(batches, folder) if isinstance(content, Incoming)]


def pushed_keys(graph: GraphServer) -> list[str]:
    """The keys that the webhooks brought for the same things."""
    return [piece.source_key for one in graph.deliveries() for piece in FacebookApp.split(one.body)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all calls that are made."""
    paths: list[str] = []
    send = Line.send

    def noted(line: Line, request: requests.PreparedRequest, *given: object, **named: object) -> requests.Response:
        paths.append(urlsplit(str(request.url)).path)
        return send(line, request, *given, **named)

    monkeypatch.setattr(Line, "send", noted)
    return paths


def test_messages_come_oldest_first_and_once(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    first = graph.street.write("Carla", "it is broken")
    clock(timedelta(seconds=2))
    second = graph.street.write("Ada", "so is mine", attachments=[("a.png", b"photo")])
    batches, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    assert keys(batches) == [f"mid:{first}", f"mid:{second}"]
    carlas, adas = contents(batches, files)
    assert isinstance(carlas, Incoming)
    assert isinstance(adas, Incoming)
    carla = person(graph, "Carla")
    assert (carlas.text, carlas.thread_key, carlas.sender.name) == ("it is broken", f"dm:{carla}", "Carla")
    assert carlas.sender.scope == page.page_id
    assert [remote.name for remote in adas.remote] == ["a.png"]
    later = clock(timedelta(minutes=2))
    assert keys(poll(page, cursor, files, later)[0]) == []


def test_what_was_said_after_a_poll_is_in_the_next_one(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    graph.street.write("Carla", "one")
    _, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    clock(timedelta(minutes=1))
    graph.street.write("Carla", "two")
    batches, cursor = poll(page, cursor, files, clock(timedelta(seconds=2)))
    assert "two" in texts(batches, files)
    for _ in range(8):
        batches, cursor = poll(page, cursor, files, clock(timedelta(minutes=2)))
        assert keys(batches) == []
    assert cursors.loads(cursor, clock()).talks.seen == {}


def test_our_own_messages_come_as_echoes(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    graph.street.write("Carla", "it is broken")
    mid = graph.street.answer_elsewhere("Carla", "Written in the inbox of the Page")
    batches, _ = poll(page, "", files, clock(timedelta(seconds=2)))
    (echo,) = (content for content in contents(batches, files) if isinstance(content, Echo))
    assert (echo.said.reference, echo.said.to[0].name) == (mid, "Carla")
    assert echo.said.thread_key == f"dm:{person(graph, 'Carla')}"


def test_comments_of_both_levels_come_with_their_post(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    post = graph.street.page_post("We are open again")
    comment = graph.street.comment("Carla", post, "until when?")
    clock(timedelta(seconds=2))
    answer = graph.street.comment("Ada", post, "I wonder too", parent=comment)
    batches, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    carlas, adas = contents(batches, files)
    assert isinstance(carlas, Incoming)
    assert isinstance(adas, Incoming)
    assert (carlas.provider_id, carlas.text, carlas.public) == (comment, "until when?", True)
    assert carlas.thread_key == f"public:{post}:{person(graph, 'Carla')}"
    assert carlas.post is not None
    assert (carlas.post.reference, carlas.post.text) == (post, "We are open again")
    assert (adas.provider_id, adas.parents) == (answer, (comment,))
    assert keys(poll(page, cursor, files, clock(timedelta(minutes=1)))[0]) == []


def test_an_answer_given_elsewhere_belongs_to_who_spoke_last(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    post = graph.street.page_post("We are open again")
    comment = graph.street.comment("Carla", post, "until when?")
    clock(timedelta(seconds=2))
    graph.street.comment("Ada", post, "I wonder too", parent=comment)
    clock(timedelta(seconds=2))
    graph.street.comment(page.page_name, post, "Until 8 pm", parent=comment)
    batches, _ = poll(page, "", files, clock(timedelta(seconds=2)))
    (echo,) = (content for content in contents(batches, files) if isinstance(content, Echo))
    assert (echo.said.text, echo.said.to[0].name) == ("Until 8 pm", "Ada")


def test_an_answer_under_an_old_comment_is_found_however_much_was_said_since(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, asked: list[str]
) -> None:
    post = graph.street.page_post("We are open again")
    first = graph.street.comment("Carla", post, "until when?")
    clock(timedelta(seconds=2))
    for number in range(60):
        graph.street.comment("Ada", post, f"comment {number}")
    _, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    _, cursor = poll(page, cursor, files, clock(timedelta(hours=1)))
    answer = graph.street.comment("Ada", post, "I wonder too", parent=first)
    asked.clear()
    batches, _ = poll(page, cursor, files, clock(timedelta(seconds=2)))
    (said,) = contents(batches, files)
    assert isinstance(said, Incoming)
    assert (said.provider_id, said.parents, said.text) == (answer, (first,), "I wonder too")
    assert [path.rpartition("/")[2] for path in asked] == ["conversations", "feed"]


def test_all_answers_under_one_comment_are_found(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    post = graph.street.page_post("We are open again")
    first = graph.street.comment("Carla", post, "until when?")
    for number in range(60):
        graph.street.comment("Ada", post, f"answer {number}", parent=first)
    batches, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    assert sorted(texts(batches, files)) == sorted(["until when?", *(f"answer {number}" for number in range(60))])
    assert keys(poll(page, cursor, files, clock(timedelta(minutes=1)))[0]) == []


@pytest.mark.parametrize("taken_back", [False, True])
def test_an_answer_given_elsewhere_long_after_belongs_to_who_spoke_last_there(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, taken_back: bool
) -> None:
    post = graph.street.page_post("We are open again")
    first = graph.street.comment("Carla", post, "until when?")
    clock(timedelta(seconds=2))
    graph.street.comment("Carla", post, "I mean today", parent=first)
    for number in range(30):
        graph.street.comment("Ada", post, f"comment {number}")
    _, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    _, cursor = poll(page, cursor, files, clock(timedelta(hours=1)))
    graph.street.comment(page.page_name, post, "Until 8 pm", parent=first)
    if taken_back:
        graph.street.remove_comment(first)
    batches, _ = poll(page, cursor, files, clock(timedelta(seconds=2)))
    echoes = [content for content in contents(batches, files) if isinstance(content, Echo)]
    assert [echo.said.to[0].name for echo in echoes] == ([] if taken_back else ["Carla"])


def test_our_own_posts_and_first_comments_are_nobodys_business(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    post = graph.street.page_post("We are open again")
    graph.street.comment(page.page_name, post, "And have cake")
    batches, _ = poll(page, "", files, clock(timedelta(seconds=2)))
    assert keys(batches) == []


def test_a_poll_and_a_webhook_name_the_same_things_alike(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, hook: Hook
) -> None:
    graph.set_habits(together=100)
    graph.street.subscribe(hook.address, hook.app.verify_token)
    graph.street.write("Carla", "in private", attachments=[("a.png", b"photo")])
    post = graph.street.visitor_post("Carla", "On your wall")
    graph.street.comment("Ada", post, "")
    graph.street.comment("Ada", post, "ÄÖ 😀")
    graph.street.answer_elsewhere("Carla", "Here you are")
    batches, _ = poll(page, "", files, clock(timedelta(seconds=2)))
    graph.flush()
    assert sorted(keys(batches)) == sorted(pushed_keys(graph))
    assert len(keys(batches)) == 5


def test_an_outage_of_days_is_made_up_for(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    _, cursor = poll(page, "", files, clock())
    post = graph.street.page_post("We are open again")
    for number in range(30):
        for again in range(3):
            graph.street.write(f"Person {number}", f"message {number}.{again}")
        graph.street.comment(f"Person {number}", post, f"comment {number}")
        clock(timedelta(hours=1))
    batches, cursor = poll(page, cursor, files, clock())
    assert len(set(keys(batches))) == len(keys(batches)) == 120
    assert all(len(batch.payloads) <= 50 + 25 for batch in batches)
    assert sorted(texts(batches, files)) == sorted(
        [f"message {number}.{again}" for number in range(30) for again in range(3)]
        + [f"comment {number}" for number in range(30)]
    )
    assert keys(poll(page, cursor, files, clock(timedelta(minutes=20)))[0]) == []


def test_conversations_are_asked_for_together(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, asked: list[str]
) -> None:
    said = [graph.street.write(f"Person {number}", "hello") for number in range(talks.AT_ONCE + 1)]
    batches, _ = poll(page, "", files, clock(timedelta(seconds=2)))
    assert sorted(keys(batches)) == sorted(f"mid:{each}" for each in said)
    assert asked.count(f"/{page.version}/") == 2


def test_a_conversation_with_much_to_tell_goes_on_where_it_was(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "MOST", 5)
    monkeypatch.setattr(talks, "ENOUGH", 5)
    carlas = []
    for number in range(12):
        carlas.append(graph.street.write("Carla", f"and {number}"))
        clock(timedelta(seconds=2))
    adas = graph.street.write("Ada", "hello")
    batches, _ = poll(page, "", files, clock(timedelta(seconds=2)))
    brought = list(dict.fromkeys(keys(batches)))  # what stood where it went on comes twice, which changes nothing
    assert brought[:6] == [*(f"mid:{each}" for each in carlas[:5]), f"mid:{adas}"]
    assert brought[6:] == [f"mid:{each}" for each in carlas[5:]]


def test_a_conversation_that_is_not_there_any_more_holds_up_no_other(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = graph.street.write("Carla", "hello")
    now = clock(timedelta(seconds=2))
    gone, listed = Talk(id="t_1", updated="", since=now), talks._changed
    monkeypatch.setattr(talks, "_changed", lambda *asked: [gone, *listed(*asked)])
    assert keys([page.fetch("", files, now)]) == [f"mid:{said}"]


def test_the_first_poll_brings_no_older_news_than_it_should(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    graph.street.write("Carla", "long ago")
    clock(timedelta(days=2))
    graph.street.write("Carla", "today")
    batches, _ = poll(page, "", files, clock())
    assert texts(batches, files) == ["today"]


def test_a_limit_that_is_nearly_used_up_makes_us_come_less_often(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    graph.misbehave(path="nothing", used_percent=85)
    now = clock()
    with meter.listening() as heard:
        batch = page.fetch("", files, now)
    assert batch.again_at == now + timedelta(minutes=10)
    assert heard.left["messenger"].remaining == 15


def test_a_limit_that_is_used_up_makes_us_wait(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    graph.misbehave(path="nothing", used_percent=100, regain_minutes=30)
    now = clock()
    batch = page.fetch("", files, now)
    assert batch.again_at is not None
    assert timedelta(minutes=28) < batch.again_at - now < timedelta(minutes=32)
    assert not batch.more


def test_what_was_brought_before_the_limit_is_kept(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    graph.street.write("Carla", "it is broken")
    graph.misbehave(path=f"{page.page_id}/feed", code=32)
    batch = page.fetch("", files, clock(timedelta(seconds=2)))
    assert texts([batch], files) == ["it is broken"]
    with pytest.raises(TryLater):
        page.fetch(batch.cursor, files, clock(timedelta(minutes=11)))


def test_a_dead_token_is_told_from_a_bad_moment(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    graph.misbehave(code=2)
    with pytest.raises(TryLater):
        page.fetch("", files, clock())
    graph.misbehave(html=True)
    with pytest.raises(TryLater):
        page.fetch("", files, clock())
    graph.misbehave()
    graph.street.break_token(page.page_token, 460)
    with pytest.raises(CredentialsRefused, match="password"):
        page.fetch("", files, clock())


def test_the_gap_check_finds_what_is_not_here(graph: GraphServer, page: Facebook, files: Path, clock: Clock) -> None:
    mids = [graph.street.write("Carla", f"message {number}") for number in range(3)]
    post = graph.street.page_post("We are open again")
    graph.street.comment("Ada", post, "until when?")
    _, cursor = poll(page, "", files, clock(timedelta(seconds=2)))
    lost = f"mid:{mids[1]}"
    check = GapCheck(cursor=cursor, known=lambda asked: set(asked) - {lost})
    for later in (timedelta(), timedelta(hours=23)):
        assert keys([page.missed(check, files, datetime.now(UTC) + later)]) == [lost]


def compare(page: Facebook, cursor: str, folder: Path, now: datetime, *, place: str = "", posts: list[str]) -> Batch:
    """What a gap check brings to somebody who holds nothing."""
    return page.missed(GapCheck(cursor=cursor, known=lambda _: set(), place=place, posts=posts), folder, now)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap check goes through few posts at once, of pages of two."""
    monkeypatch.setattr(older, "NEWEST", 4)
    monkeypatch.setattr(older, "OLDER", 4)
    monkeypatch.setattr(feed, "_WALL", {**feed._WALL, "limit": "2"})


@pytest.mark.usefixtures("few")
def test_a_comment_under_any_post_of_the_last_months_is_found_by_gap_checks(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    posts = [graph.street.page_post(f"Post {number}") for number in range(13)]
    _, cursor = poll(page, "", files, clock(timedelta(days=30)))
    said = {graph.street.comment("Carla", post, "hello") for post in posts}
    place, found = "", list[set[str]]()
    for _ in range(3):
        batch = compare(page, cursor, files, clock(timedelta(hours=1)), place=place, posts=[])
        place, found = batch.cursor, [*found, {key.split(":")[1] for key in keys([batch])}]
    newest = {comment for comment in said if comment.split("_")[0] in {post.split("_")[1] for post in posts[-4:]}}
    assert [len(each) for each in found] == [8, 8, 5]
    assert set.union(*found) == said
    assert set.intersection(*found) == newest


@pytest.mark.usefixtures("few")
def test_a_way_through_old_posts_that_takes_long_misses_nothing_that_was_said_meanwhile(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    posts = [graph.street.page_post(f"Post {number}") for number in range(12)]
    _, cursor = poll(page, "", files, clock(timedelta(days=2)))
    place = compare(page, cursor, files, clock(), posts=[]).cursor  # posts 4 to 7, the newest being 8 to 11
    comment = graph.street.comment("Carla", posts[5], "hello")
    place = compare(page, cursor, files, clock(timedelta(days=3)), place=place, posts=[]).cursor  # 0 to 3: the end
    batch = compare(page, cursor, files, clock(timedelta(days=3)), place=place, posts=[])
    assert [key.split(":")[1] for key in keys([batch])] == [comment]


@pytest.mark.usefixtures("few")
def test_what_is_said_under_a_post_of_which_we_know_is_found_however_old_it_is(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    old, gone = graph.street.page_post("Long ago"), graph.street.page_post("Taken back")
    clock(timedelta(days=200))
    for number in range(20):
        graph.street.page_post(f"Post {number}")
    _, cursor = poll(page, "", files, clock(timedelta(days=2)))
    comment = graph.street.comment("Carla", old, "hello")
    graph.street.remove_post(gone)
    now = clock(timedelta(hours=1))
    assert keys([compare(page, cursor, files, now, posts=[])]) == []
    (key,) = keys([compare(page, cursor, files, now, posts=[gone, "no post", old])])
    assert key.split(":")[1] == comment


@pytest.mark.usefixtures("few")
def test_the_way_through_old_posts_waits_where_the_limits_are_nearly_used_up(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, asked: list[str]
) -> None:
    for number in range(12):
        graph.street.page_post(f"Post {number}")
    _, cursor = poll(page, "", files, clock(timedelta(days=2)))
    place = compare(page, cursor, files, clock(), posts=[]).cursor
    graph.misbehave(path="nothing", used_percent=85)
    asked.clear()
    assert compare(page, cursor, files, clock(timedelta(hours=1)), place=place, posts=[]).cursor == place
    assert [path.rpartition("/")[2] for path in asked] == ["conversations", "feed", "feed"]


@pytest.mark.usefixtures("few")
def test_a_place_in_the_wall_that_is_gone_makes_the_gap_check_begin_again(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    posts = [graph.street.page_post(f"Post {number}") for number in range(16)]
    _, cursor = poll(page, "", files, clock(timedelta(days=2)))
    place = compare(page, cursor, files, clock(), posts=[]).cursor
    comment = graph.street.comment("Carla", posts[9], "hello")
    graph.street.remove_post(posts[8])
    place = compare(page, cursor, files, clock(timedelta(hours=1)), place=place, posts=[]).cursor
    batch = compare(page, cursor, files, clock(timedelta(hours=1)), place=place, posts=[])
    assert [key.split(":")[1] for key in keys([batch])] == [comment]


def test_a_mention_elsewhere_is_found_by_the_gap_check_as_a_webhook_would_have_told_it(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock, hook: Hook
) -> None:
    clock(timedelta(minutes=1))
    graph.street.mention("Mara", "I love Demo, before")
    clock(timedelta(days=8))
    _, cursor = poll(page, "", files, clock())
    graph.street.subscribe(hook.address, hook.app.verify_token)
    named = graph.street.mention("Mara", "I love Demo")
    graph.flush()
    batch = compare(page, cursor, files, clock(timedelta(days=2)), posts=[])
    assert keys([batch]) == pushed_keys(graph)
    (told,) = contents([batch], files)
    assert isinstance(told, Incoming)
    wall = named.partition("_")[0]
    assert (told.text, told.sender.address, told.thread_key) == ("I love Demo", wall, f"public:{named}:{wall}")
    assert keys([page.missed(GapCheck(cursor=cursor, known=set), files, clock())]) == []


def test_where_facebook_does_not_tell_who_mentions_us_the_gap_check_brings_the_rest(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    _, cursor = poll(page, "", files, clock())
    mid = graph.street.write("Carla", "it is broken")
    graph.misbehave(path=f"{page.page_id}/tagged", code=10)
    assert keys([compare(page, cursor, files, clock(timedelta(minutes=1)), posts=[])]) == [f"mid:{mid}"]


def test_what_was_found_before_the_limit_is_brought_and_the_rest_looked_for_again(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    _, cursor = poll(page, "", files, clock())
    mid = graph.street.write("Carla", "it is broken")
    now = clock(timedelta(minutes=1))
    place = compare(page, cursor, files, now, posts=[]).cursor
    graph.misbehave(path=f"{page.page_id}/feed", code=32)
    batch = compare(page, cursor, files, now, place=place, posts=[])
    assert (keys([batch]), batch.cursor) == ([f"mid:{mid}"], place)


def test_the_gap_check_brings_nothing_from_before_the_page_was_connected(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    post = graph.street.page_post("We are open again")
    graph.street.write("Carla", "before")
    graph.street.comment("Carla", post, "before")
    clock(timedelta(minutes=1))
    _, cursor = poll(replace(page, history_days=0), "", files, clock())
    clock(timedelta(minutes=1))
    graph.street.write("Carla", "after")
    assert texts([compare(page, cursor, files, clock(timedelta(minutes=1)), posts=[post])], files) == ["after"]


@pytest.mark.usefixtures("few")
def test_the_way_through_old_posts_ends_where_they_are_too_old_to_be_talked_under(
    graph: GraphServer, page: Facebook, files: Path, clock: Clock
) -> None:
    for age in (100, 2):
        for number in range(8):
            graph.street.page_post(f"Post {number}")
        clock(timedelta(days=age))
    _, cursor = poll(page, "", files, clock())
    places, now = [""], clock()
    for _ in range(2):
        places.append(compare(page, cursor, files, now, place=places[-1], posts=[]).cursor)
    assert [bool(json.loads(place)["after"]) for place in places[1:]] == [True, False]
