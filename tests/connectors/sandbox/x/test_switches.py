"""Limits and misbehaviour: everything that can go wrong on the way to an answer, on demand."""

import pytest
import requests

from connectors.sandbox.x.server import XServer
from tests.connectors.sandbox.x.conftest import Client, Clock
from tests.waiting import until


def test_every_answer_tells_where_the_limit_stands(x: XServer, us: Client, clock: Clock) -> None:
    answer = us("GET", "/2/dm_events")
    assert answer.headers["x-rate-limit-limit"] == "15"
    assert answer.headers["x-rate-limit-remaining"] == "14"
    assert abs(int(answer.headers["x-rate-limit-reset"]) - clock() - 900) < 60
    wrong = us("GET", "/2/dm_events", params={"since_id": "1"})
    assert (wrong.status_code, wrong.headers["x-rate-limit-remaining"]) == (400, "13")


def test_a_full_window_is_refused_until_it_opens_again(us: Client, clock: Clock) -> None:
    statuses = [us("GET", "/2/dm_events").status_code for _call in range(16)]
    assert statuses == [200] * 15 + [429]
    refused = us("GET", "/2/dm_events")
    assert refused.headers["x-rate-limit-remaining"] == "0"
    assert refused.json()["status"] == 429
    assert us("GET", "/2/users/me").status_code == 200
    clock.ahead = 901
    assert us("GET", "/2/dm_events").status_code == 200


def test_each_account_has_its_own_window(x: XServer, us: Client, port: int) -> None:
    x.rule(limits={"GET /2/dm_events": 1})
    x.account("kim")
    assert us("GET", "/2/dm_events").status_code == 200
    assert us("GET", "/2/dm_events").status_code == 429
    assert Client(x, port, "kim")("GET", "/2/dm_events").status_code == 200


def test_posts_are_counted_by_the_day_for_the_whole_app(us: Client) -> None:
    answer = us("POST", "/2/tweets", json={"text": "hello"})
    assert answer.headers["x-rate-limit-limit"] == "100"
    assert answer.headers["x-app-limit-24hour-limit"] == "10000"
    assert answer.headers["x-app-limit-24hour-remaining"] == "9999"


@pytest.mark.parametrize(
    ("answer", "status", "part"),
    [
        ("429", 429, '"status":429'),
        ("429 code 88", 429, '{"errors":[{"code":88,"message":"Rate limit exceeded"}]}'),
        ("401", 401, '"detail":"Unauthorized"'),
        ("402", 402, "CreditsDepleted"),
        ("402 as 403", 403, "CreditsDepleted"),
        ("403", 403, "This operation is not permitted."),
        ("403 no DM", 403, "You do not have permission to DM one or more participants."),
        ("403 not engaged", 403, "otherwise engaged"),
        ("500 HTML", 500, "<html>"),
        ("503 HTML", 503, "<html>"),
        ("400 list", 400, "[{"),
        ("200 not JSON", 200, "<html>"),
        ("200 empty", 200, ""),
    ],
)
def test_a_wrong_answer_is_given_and_nothing_takes_place(
    x: XServer, us: Client, answer: str, status: int, part: str
) -> None:
    x.misbehave(answer=answer)
    given = us("POST", "/2/tweets", json={"text": "hello"})
    assert given.status_code == status
    assert part in given.text
    assert x.log() == []


def test_the_reset_of_a_429_can_be_missing(x: XServer, us: Client, clock: Clock) -> None:
    x.misbehave(answer="429", reset_seconds=30)
    reset = int(us("GET", "/2/users/me").headers["x-rate-limit-reset"])
    assert 0 < reset - clock() <= 30
    x.misbehave(answer="429", reset_seconds=None)
    assert "x-rate-limit-reset" not in us("GET", "/2/users/me").headers


def test_a_wrong_answer_can_hide_what_took_place(x: XServer, us: Client) -> None:
    x.misbehave(answer="503 HTML", took_place=True)
    assert us("POST", "/2/tweets", json={"text": "hello"}).status_code == 503
    assert [effect.text for effect in x.log()] == ["hello"]


@pytest.mark.parametrize(("where", "effects"), [("before", 0), ("middle", 1), ("after", 1)])
def test_a_connection_ends_before_in_the_middle_or_after_the_effect(
    x: XServer, us: Client, where: str, effects: int
) -> None:
    x.misbehave(cut=where, times=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        us("POST", "/2/tweets", json={"text": "hello"})
    assert len(x.log()) == effects
    assert us("POST", "/2/tweets", json={"text": "hello"}).status_code == 201


def test_who_is_too_slow_is_left_and_the_effect_takes_place_all_the_same(x: XServer, us: Client) -> None:
    x.misbehave(pause_answer_seconds=5, on="POST /2/tweets")
    with pytest.raises(requests.ReadTimeout):
        us.session.post("https://api.twitter.com/2/tweets", json={"text": "hello"}, auth=us._signed(), timeout=1)
    until(x.log, "the post takes place")
    assert [effect.text for effect in x.log()] == ["hello"]


def test_only_the_first_requests_to_a_path_are_concerned(x: XServer, us: Client) -> None:
    x.misbehave(answer="500 HTML", on="GET /2/users", times=2)
    assert us("GET", "/2/dm_events").status_code == 200
    assert [us("GET", "/2/users/me").status_code for _call in range(3)] == [500, 500, 200]
    x.misbehave(answer="500 HTML", on="GET /2/users", times=1)
    assert [us("GET", "/2/users/me").status_code for _call in range(2)] == [500, 200]


def test_a_misbehaviour_that_does_not_exist_is_an_error(x: XServer) -> None:
    with pytest.raises(ValueError, match="answer"):
        x.misbehave(answer="418")
    with pytest.raises(TypeError, match="colour"):
        x.rule(colour="red")


def test_a_refresh_whose_answer_is_lost_has_spent_the_token(x: XServer, us: Client) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": str(x.log_in("demo")["refresh_token"])}
    secret = (x.app.client_id, x.app.client_secret)
    x.misbehave(cut="after", on="POST /2/oauth2/token", times=1)
    with pytest.raises(requests.ConnectionError):
        us("POST", "/2/oauth2/token", data=form, auth=secret)
    assert us("POST", "/2/oauth2/token", data=form, auth=secret).status_code == 400


def test_what_x_does_not_know_is_not_found(us: Client) -> None:
    answer = us("GET", "/2/nothing")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")
