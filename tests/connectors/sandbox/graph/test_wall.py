"""Posts and comments as a Page reads, answers, likes and hides them."""

from pathlib import Path

import pytest

from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import Graph, error_of

CARLA = "Carla Customer"


@pytest.fixture
def post(server: GraphServer, graph: Graph) -> str:
    return server.street.page_post("New lamps")


@pytest.fixture
def comment(server: GraphServer, post: str) -> str:
    return server.street.comment(CARLA, post, "Mine is broken")


def whats(server: GraphServer) -> list[str]:
    return [effect.what for effect in server.log()]


def test_the_feed_gives_posts_and_comments_in_one_call(server: GraphServer, graph: Graph, post: str) -> None:
    for number in range(3):
        server.street.comment(CARLA, post, f"comment {number}")
    visit = server.street.visitor_post(CARLA, "Where is my lamp?")
    fields = "id,message,created_time,comments.limit(2).order(reverse_chronological){id,message,from{id},parent}"
    body = graph.get(f"{graph.page}/feed", fields=fields)
    newest, oldest = body["data"]
    assert (newest["id"], newest["message"], "comments" in newest) == (visit, "Where is my lamp?", False)
    assert oldest["created_time"].endswith("+0000")
    assert [said["message"] for said in oldest["comments"]["data"]] == ["comment 2", "comment 1"]
    assert list(oldest["comments"]["data"][0]["from"]) == ["id"]
    following = graph.session.get(oldest["comments"]["paging"]["next"] + "&appsecret_proof=" + proof_of(graph))
    assert [said["message"] for said in following.json()["data"]] == ["comment 0"]
    assert set(following.json()["data"][0]) == {"id", "message", "from"}


def test_a_stream_holds_both_levels_the_newest_first(
    server: GraphServer, graph: Graph, post: str, comment: str
) -> None:
    server.street.comment(CARLA, post, "Mine, too", parent=comment)
    server.street.comment(CARLA, post, "And mine")
    body = graph.get(
        f"{graph.page}/feed", fields="comments.filter(stream).order(reverse_chronological).limit(2){message,parent{id}}"
    )
    (stream,) = (each["comments"] for each in body["data"])
    assert [(said["message"], said.get("parent", {}).get("id")) for said in stream["data"]] == [
        ("And mine", None),
        ("Mine, too", comment),
    ]
    following = graph.session.get(stream["paging"]["next"] + "&appsecret_proof=" + proof_of(graph))
    assert [said["message"] for said in following.json()["data"]] == ["Mine is broken"]
    assert len(graph.get(f"{post}/comments", filter="toplevel")["data"]) == 2
    assert error_of(graph.ask("GET", f"{post}/comments", params={"filter": "newest"})) == (100, 0)


def proof_of(graph: Graph) -> str:
    request = graph.ask("GET", graph.page).request
    return str(request.url).partition("appsecret_proof=")[2].partition("&")[0]


def test_a_comment_is_answered_on_two_levels(server: GraphServer, graph: Graph, post: str, comment: str) -> None:
    answer = graph.ask("POST", f"{comment}/comments", data={"message": "Which lamp?"})
    ours = answer.json()["id"]
    assert ours.split("_")[0] == post.split("_")[1]
    again = server.street.comment(CARLA, post, "The green one", parent=ours)
    seen = [(said["text"], said["parent"]) for said in server.street.comments(post)]
    assert seen == [("Mine is broken", ""), ("Which lamp?", comment), ("The green one", comment)]
    assert [said["id"] for said in graph.get(f"{comment}/comments")["data"]] == [ours, again]
    assert [said["id"] for said in graph.get(f"{post}/comments")["data"]] == [comment]
    assert len(graph.get(f"{post}/comments", filter="stream")["data"]) == 3
    assert graph.get(ours, fields="parent")["parent"]["id"] == comment
    beside = graph.ask("POST", f"{again}/comments", data={"message": "I see"}).json()["id"]
    assert graph.get(beside, fields="parent")["parent"]["id"] == comment
    assert whats(server) == ["comment", "comment"]


def test_a_comment_with_a_picture_is_shown_with_it(
    server: GraphServer, graph: Graph, comment: str, post: str, tmp_path: Path
) -> None:
    server.street.visitor_post(CARLA, "look", attachments=[("lamp.png", b"picture")])
    picture = graph.get(f"{graph.page}/feed", fields="full_picture")["data"][0]["full_picture"]
    answer = graph.ask("POST", f"{comment}/comments", json={"message": "", "attachment_url": picture})
    shown = graph.get(answer.json()["id"], fields="attachment")["attachment"]
    assert graph.session.get(shown["media"]["image"]["src"]).content == b"picture"
    assert len(server.street.comments(post)[-1]["urls"]) == 1
    assert error_of(
        graph.ask("POST", f"{comment}/comments", json={"attachment_url": "http://x.example.com/a.png"})
    ) == (
        100,
        2018008,
    )
    assert error_of(graph.ask("POST", f"{comment}/comments", json={})) == (100, 0)


def test_a_comment_is_hidden_shown_and_deleted(server: GraphServer, graph: Graph, comment: str, post: str) -> None:
    assert graph.ask("POST", comment, json={"is_hidden": True}).json() == {"success": True}
    assert graph.get(comment, fields="is_hidden") == {"is_hidden": True, "id": comment}
    assert graph.ask("POST", comment, data={"is_hidden": "false"}).json() == {"success": True}
    assert server.street.comments(post)[0]["hidden"] is False
    assert graph.ask("DELETE", comment).json() == {"success": True}
    assert error_of(graph.ask("GET", comment)) == (100, 33)
    assert error_of(graph.ask("POST", comment, json={"is_hidden": True})) == (100, 33)
    assert whats(server) == ["hide", "unhide", "delete"]


def test_what_the_page_says_itself_is_not_hidden_but_edited(server: GraphServer, graph: Graph, comment: str) -> None:
    ours = graph.ask("POST", f"{comment}/comments", data={"message": "Wich lamp?"}).json()["id"]
    assert error_of(graph.ask("POST", ours, json={"is_hidden": True})) == (100, 0)
    assert graph.ask("POST", ours, json={"message": "Which lamp?"}).json() == {"success": True}
    assert graph.get(ours)["message"] == "Which lamp?"
    assert error_of(graph.ask("POST", comment, json={"message": "I was wrong"})) == (100, 33)
    assert error_of(graph.ask("POST", comment, json={})) == (100, 0)


def test_a_like_is_counted_once(server: GraphServer, graph: Graph, comment: str, post: str) -> None:
    for thing in (comment, post, comment):
        assert graph.ask("POST", f"{thing}/likes").json() == {"success": True}
    found = graph.get(comment, fields="like_count,user_likes,likes{name}")
    assert (found["like_count"], found["user_likes"]) == (1, True)
    assert found["likes"]["data"][0]["name"] == "Demo"
    assert graph.ask("DELETE", f"{comment}/likes").json() == {"success": True}
    assert graph.get(f"{comment}/likes") == {"data": []}
    assert whats(server) == ["like", "like", "like", "unlike"]


def test_a_post_is_written_hidden_and_deleted(server: GraphServer, graph: Graph) -> None:
    ours = graph.ask("POST", f"{graph.page}/feed", data={"message": "Open today"}).json()["id"]
    assert graph.get(ours, fields="message,from,permalink_url")["from"] == {"name": "Demo", "id": graph.page}
    assert graph.ask("POST", ours, data={"is_hidden": "true"}).json() == {"success": True}
    assert graph.ask("DELETE", ours).json() == {"success": True}
    assert error_of(graph.ask("GET", ours)) == (100, 33)
    assert whats(server) == ["post", "hide", "delete"]


def test_another_page_has_no_business_here(server: GraphServer, graph: Graph, comment: str) -> None:
    other = server.street.connect("Another")["page_token"]
    for method, path in (("GET", comment), ("DELETE", comment), ("POST", f"{comment}/comments")):
        assert error_of(graph.ask(method, path, token=other, data={"message": "x"})) == (100, 33)
    assert error_of(graph.ask("GET", f"{graph.page}/feed", token=other)) == (10, 0)
    assert whats(server) == []


def test_an_old_edge_is_unknown(graph: Graph, comment: str) -> None:
    answer = graph.ask("POST", f"{comment}/private_replies", data={"message": "x"})
    assert error_of(answer) == (2500, 0)
    assert answer.json()["error"]["message"] == "Unknown path components: /private_replies"
