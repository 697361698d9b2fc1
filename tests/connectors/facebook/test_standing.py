"""How our Page stands, told in plain words, on Facebook on loopback."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Verb
from connectors.errors import CredentialsRefused, TryLater
from connectors.facebook import standing
from connectors.facebook.connector import Facebook
from connectors.sandbox.graph.server import GraphServer
from connectors.sandbox.graph.things import SCOPES
from tests.connectors.facebook.conftest import Hook

TASKS = "MESSAGING MODERATE MANAGE"


def test_all_is_well(graph: GraphServer, page: Facebook, hook: Hook) -> None:
    page.subscribe(hook.address, hook.app.verify_token)
    report = replace(page, tasks=TASKS).report(datetime.now(UTC))
    assert report.name == page.page_name
    assert "Read and write messages in Messenger" in report.may
    assert report.missing == ()
    assert report.webhook == "Facebook tells us of news at once."


def test_the_end_is_the_earlier_of_the_two(graph: GraphServer, page: Facebook) -> None:
    ends = page.report(datetime.now(UTC)).expires_at
    assert ends is not None  # the token has no end, our access to the data has
    assert timedelta(days=89) < ends - datetime.now(UTC) < timedelta(days=91)


def test_what_is_missing_is_named(graph: GraphServer, page: Facebook) -> None:
    report = replace(page, tasks="ADVERTISE MODERATE").report(datetime.now(UTC))
    assert [sentence for sentence in report.missing if "messages" in sentence]
    assert not [sentence for sentence in report.missing if "comments" in sentence]
    assert report.webhook.startswith("Facebook does not call us")


def test_a_token_that_ends_before_our_access_to_the_data_is_the_end() -> None:
    ends = standing._ends_at({"expires_at": 1600000000, "data_access_expires_at": 1700000000})
    assert ends == datetime.fromtimestamp(1600000000, UTC)
    assert standing._ends_at({"expires_at": 0}) is None


@pytest.mark.parametrize(
    ("token", "may"),
    [
        ({"scopes": ["pages_messaging"]}, True),
        ({"scopes": ["pages_messaging"], "granular_scopes": [{"scope": "pages_messaging"}]}, True),
        (
            {"scopes": ["pages_messaging"], "granular_scopes": [{"scope": "pages_messaging", "target_ids": ["5"]}]},
            False,
        ),
        ({"scopes": ["pages_messaging"], "granular_scopes": [{"scope": "pages_messaging", "target_ids": [11]}]}, True),
        ({}, False),
    ],
)
def test_a_permission_counts_for_the_pages_it_was_given_for(token: dict[str, object], *, may: bool) -> None:
    assert ("pages_messaging" in standing._granted(token, "11")) is may


@pytest.mark.parametrize(
    ("subcode", "word"), [(458, "removed our app"), (460, "password"), (463, "has ended"), (0, "not let us in")]
)
def test_a_dead_token_says_why(graph: GraphServer, page: Facebook, subcode: int, word: str) -> None:
    graph.street.break_token(page.page_token, subcode)
    with pytest.raises(CredentialsRefused, match=word):
        page.report(datetime.now(UTC))


def test_a_bad_moment_is_no_dead_token(graph: GraphServer, page: Facebook) -> None:
    graph.misbehave(path="debug_token", code=190, transient=True)
    with pytest.raises(TryLater):
        page.report(datetime.now(UTC))


def test_a_token_of_another_page_is_refused(graph: GraphServer, page: Facebook) -> None:
    other = graph.street.connect("Workshop")
    with pytest.raises(CredentialsRefused, match="belongs to Workshop"):
        replace(page, page_token=other["page_token"]).check()


def gone(page: Facebook, comments: Sequence[str], now: datetime) -> list[str]:
    return [change.provider_id for change in page.rechecked(comments, now) if change.verb is Verb.DELETED]


def test_a_deleted_comment_is_noticed(graph: GraphServer, page: Facebook, clock: Callable[..., datetime]) -> None:
    post = graph.street.page_post("We are open again")
    comments = [graph.street.comment("Carla", post, f"{number}") for number in range(5)]
    now = clock()
    assert gone(page, comments, now) == []
    graph.street.remove_comment(comments[1])
    graph.street.remove_comment(comments[4])
    assert gone(page, [*comments, "m_x"], now) == [comments[1], comments[4]]


def test_how_a_comment_is_now_is_told(graph: GraphServer, page: Facebook, clock: Callable[..., datetime]) -> None:
    post = graph.street.page_post("We are open again")
    comments = [graph.street.comment("Carla", post, "until when?") for _ in range(2)]
    graph.street.edit_comment(comments[0], "until when, please?")
    graph.street.hide_comment(comments[1])
    told = [(change.provider_id, change.verb, change.text) for change in page.rechecked(comments, clock())]
    assert told == [
        (comments[0], Verb.EDITED, "until when, please?"),
        (comments[0], Verb.SHOWN, ""),
        (comments[1], Verb.EDITED, "until when?"),
        (comments[1], Verb.HIDDEN, ""),
    ]


def test_a_lost_permission_is_not_taken_for_a_deleted_comment(
    graph: GraphServer, page: Facebook, clock: Callable[..., datetime]
) -> None:
    comment = graph.street.comment("Carla", graph.street.page_post("We are open again"), "until when?")
    for scopes, told in ((SCOPES, 1), (("pages_messaging",), 0)):
        token = graph._network.tokens.get(page.page_token)
        assert token is not None
        graph._network.tokens.put(replace(token, scopes=scopes))
        graph.misbehave(method="GET", code=100, subcode=33, calls=1)
        assert len(page.rechecked([comment], clock())) == told
