"""The street: customers act, from this process or another."""

import base64

import pytest
import requests

from connectors.sandbox.x.server import XServer, address
from connectors.sandbox.x.street import Upload, far_street


def test_everybody_who_is_named_comes_to_be(x: XServer) -> None:
    x.post("@carla", "hello")
    x.direct_message("kim", "demo", "hello")
    assert [account.username for account in x.accounts()] == ["demo", "carla", "kim"]
    assert [account.username for account in x.accounts() if account.ours] == ["demo"]
    assert x.account("CARLA").id == x.account("carla").id


def test_a_thread_and_a_timeline_show_what_everybody_sees(x: XServer) -> None:
    root = x.post("carla", "@demo a question")
    answer = x.post("demo", "an answer", in_reply_to=root.id)
    gone = x.post("kim", "noise", in_reply_to=root.id)
    x.delete(gone.id)
    assert [post.id for post in x.thread(answer.id)] == [root.id, answer.id]
    assert [post.id for post in x.timeline("demo")] == [answer.id]


def test_nobody_is_written_to_who_wants_no_strangers(x: XServer) -> None:
    x.receive_messages_of("demo", everybody=False)
    with pytest.raises(PermissionError, match="@demo does not take messages from @carla"):
        x.direct_message("carla", "demo", "hello")
    assert x.log() == []


def test_the_log_says_who_did_what_in_order(x: XServer) -> None:
    post = x.post("carla", "one")
    x.edit(post.id, "two")
    x.direct_message("carla", "demo", "three")
    carla = x.account("carla").id
    assert [(effect.sequence, effect.what, effect.by, effect.text) for effect in x.log()] == [
        (1, "posted", carla, "one"),
        (2, "edited", carla, "two"),
        (3, "messaged", carla, "three"),
    ]


def test_another_process_does_the_same_over_http(x: XServer, port: int) -> None:
    picture = {"mime": "image/png", "raw": base64.b64encode(b"\x89PNG").decode()}
    made = far_street(port, "post", by="carla", text="@demo look", media=[picture])
    assert x.content(made["media"][0]) == b"\x89PNG"
    assert [effect["what"] for effect in far_street(port, "log")] == ["uploaded", "posted"]
    far_street(port, "misbehave", answer="401")
    assert requests.get(f"{address(port)}/2/users/me", timeout=5).status_code == 401
    with pytest.raises(ValueError, match="there is no Post 5"):
        far_street(port, "delete", post="5")
    with pytest.raises(ValueError, match="the verbs are"):
        far_street(port, "platform")


def test_a_page_in_a_browser_cannot_use_the_street(x: XServer, port: int) -> None:
    url = f"{address(port)}/_street/post"
    assert requests.post(url, data={"by": "carla", "text": "hello"}, timeout=5).status_code == 403
    assert requests.get(url, timeout=5).status_code == 403
    assert x.log() == []


def test_a_file_that_x_would_not_take_is_an_error(x: XServer) -> None:
    with pytest.raises(ValueError, match="media_category"):
        x.post("carla", "look", media=[Upload("text/plain", b"hello")])
