"""The facts of the wire are kept: what is not as they say is called by its name."""

import json
from typing import Any

import pytest
import requests

from tests.connectors.wire import Exchange, Facts

PROOF = "appsecret_proof=" + "a" * 64
BEARER = {"Authorization": "Bearer x"}
GRAPH = "http://127.0.0.1:1/v25.0"
BATCH = json.dumps([{"method": "GET", "relative_url": "1?fields=id%2Cmood"}, {"method": "GET", "relative_url": "2"}])


def exchange(method: str, url: str, answer: Any, status: int = 200, **how: Any) -> Exchange:
    request = requests.Request(method, url, headers=BEARER, **how).prepare()
    body = json.dumps(answer).encode()
    return Exchange(request=request, status=status, kind="application/json", body=body, is_candid=True)


@pytest.mark.parametrize(
    ("platform", "told", "difference"),
    [
        ("x", exchange("GET", "http://x/2/users/me", {"data": {"id": "1", "name": "A", "username": "a"}}), ""),
        ("x", exchange("GET", "http://x/2/people/me", {}), "GET /2/people/me is no call that is known"),
        (
            "x",
            exchange("GET", "http://x/2/users/me", {"data": {"id": 1, "name": "A", "username": "a"}}),
            "GET /2/users/me answer.data.id is 1, not id",
        ),
        (
            "x",
            exchange("GET", "http://x/2/users/me", {"data": {"id": "1", "name": "A"}}),
            "GET /2/users/me answer.data.username is missing",
        ),
        (
            "x",
            exchange("GET", "http://x/2/tweets?ids=1&tweet.fields=id,mood", {}),
            "GET /2/tweets query.tweet.fields: mood is not known",
        ),
        (
            "x",
            exchange("POST", "http://x/2/webhooks", {"data": {"valid": True}}, data={"url": "https://a.example"}),
            "POST /2/webhooks was sent application/x-www-form-urlencoded",
        ),
        (
            "x",
            exchange("GET", "http://x/2/users/me", {"message": "no"}, 403),
            "GET /2/users/me 403.message is not known",
        ),
        (
            "facebook",
            exchange("GET", f"{GRAPH}/1/feed?fields=id,comments.filter(newest){{id}}&{PROOF}", {"data": []}),
            "GET /{version}/{page}/feed query.fields: comments takes no filter(newest)",
        ),
        (
            "facebook",
            exchange("GET", f"{GRAPH}/1/feed?fields=id,comments{{from{{mood}}}}&{PROOF}", {"data": []}),
            "GET /{version}/{page}/feed query.fields.comments.from: end has no mood",
        ),
        (
            "facebook",
            exchange(
                "POST",
                f"{GRAPH}/?{PROOF}",
                [{"code": 200, "body": '{"id":"1"}'}, None],
                data={"batch": BATCH, "include_headers": "false", "access_token": "x"},
            ),
            "GET /{version}/{node} query.fields: node has no mood",
        ),
        (
            "facebook",
            exchange("GET", f"{GRAPH}/?ids=1,2&{PROOF}", {"1": {"id": "1"}}),
            "GET /v25.0/ is no call that is known",
        ),
        (
            "facebook",
            exchange("GET", f"{GRAPH}/me", {"id": "1"}),
            "GET /{version}/me query.appsecret_proof is missing",
        ),
    ],
)
def test_what_is_not_as_the_facts_say_is_named(platform: str, told: Exchange, difference: str) -> None:
    found = Facts(platform).differences([told])
    assert found == [] if not difference else difference in found


def test_an_event_that_is_not_as_the_facts_say_is_named() -> None:
    body = {"object": "page", "entry": [{"id": "1", "time": 1, "messaging": [{"sender": {}, "mood": "good"}]}]}
    assert Facts("facebook").differences([], [("page", body, {"Content-Type": "text/plain"})]) == [
        "page header.content-type is 'text/plain', not =application/json",
        "page header.x-hub-signature-256 is missing",
        "page.entry[].messaging[].mood is not known",
        "page.entry[].messaging[].recipient is missing",
    ]
