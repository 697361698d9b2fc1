"""What the platform tells us, in its own form, and how that goes wrong."""

import hashlib
import hmac
import json

import pytest
import requests

from connectors.sandbox.graph.call import proof
from connectors.sandbox.graph.network import signatures, signed_form
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import VERIFY, Graph, Hook, error_of, eventually

CARLA = "Carla Customer"


def carla_id(server: GraphServer) -> str:
    return str(server.street.talks()[0]["id"])


# -- the wire


def test_the_known_signature_of_the_known_body() -> None:
    message_form = rb'{"mid":"m_1","text":"\u00e4\u00f6\u00e5"}'
    body = b'{"object":"page","entry":[{"id":"1","time":1,"messaging":[{"message":' + message_form + b"}]}]}"
    message = {"mid": "m_1", "text": "äöå"}
    assert (
        signed_form({"object": "page", "entry": [{"id": "1", "time": 1, "messaging": [{"message": message}]}]}) == body
    )
    known = "sha256=377942491e3e0bbb7fe201a902bf4769607a7c34549e04c7d34ba82ad0988d44"
    assert signatures("app-secret-1", body)["X-Hub-Signature-256"] == known


def test_the_known_proof_of_the_known_token() -> None:
    known = "7b87e5a58e7a204e5dda55e287dbc57646023ff18547645868f0a1bde3335a2a"
    assert proof("app-secret-1", "PAGE_TOKEN") == known


def test_what_comes_is_signed_byte_for_byte_and_escaped(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    server.street.write(CARLA, "Grüße / привет")
    eventually(lambda: subscribed.came)
    body, headers = subscribed.came[0]
    wanted = hmac.new(server.app.secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={wanted}"
    assert headers["Content-Type"] == "application/json"
    assert rb"Gr\u00fc\u00dfe \/ \u043f" in body
    assert json.loads(body)["entry"][0]["messaging"][0]["message"]["text"] == "Grüße / привет"


def test_a_subscription_is_kept_only_after_the_handshake(server: GraphServer, graph: Graph, hook: Hook) -> None:
    path, app = f"{server.app.id}/subscriptions", f"{server.app.id}|{server.app.secret}"
    wanted = {"object": "page", "callback_url": hook.url, "verify_token": "another word", "fields": "messages,feed"}
    refused = graph.ask("POST", path, token=app, data=wanted)
    assert error_of(refused) == (2200, 0)
    hook.returned = b"something else"
    assert error_of(graph.ask("POST", path, token=app, data=wanted | {"verify_token": VERIFY})) == (2200, 0)
    hook.returned = None
    assert graph.ask("GET", path, token=app).json() == {"data": []}
    assert graph.ask("POST", path, token=app, data=wanted | {"verify_token": VERIFY}).json() == {"success": True}
    (kept,) = graph.ask("GET", path, token=app).json()["data"]
    assert (kept["callback_url"], [one["name"] for one in kept["fields"]]) == (hook.url, ["messages", "feed"])
    assert [asked["hub.mode"] for asked in hook.shaken] == [["subscribe"]] * 3
    assert error_of(graph.ask("POST", path, data=wanted)) == (190, 0)
    assert graph.ask("DELETE", path, token=app).json() == {"success": True}
    assert graph.ask("GET", path, token=app).json() == {"data": []}


def test_only_what_the_page_is_subscribed_to_comes(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    path = f"{graph.page}/subscribed_apps"
    assert graph.ask("POST", path, params={"subscribed_fields": "messages"}).json() == {"success": True}
    assert graph.get(path)["data"][0]["subscribed_fields"] == ["messages"]
    server.street.page_post("New lamps")
    mid = server.street.write(CARLA, "hello")
    eventually(lambda: subscribed.came)
    (piece,) = subscribed.pieces()
    assert piece["message"]["mid"] == mid
    assert graph.ask("DELETE", path).json() == {"success": True}
    assert graph.get(path) == {"data": []}
    server.street.write(CARLA, "anybody there?")
    assert server.settled()
    assert len(subscribed.came) == 1
    assert error_of(graph.ask("POST", path, params={"subscribed_fields": "messages,gossip"})) == (100, 0)
    assert error_of(graph.ask("POST", path)) == (100, 0)


# -- Messenger


def test_a_message_has_times_in_milliseconds(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    first = server.street.write(CARLA, "My lamp")
    mid = server.street.write(CARLA, "is broken", [("lamp.png", b"picture")], quick_reply="LAMP", reply_to=first)
    eventually(lambda: len(subscribed.came) == 2)
    entry = subscribed.bodies()[1]["entry"][0]
    (piece,) = entry["messaging"]
    assert subscribed.bodies()[1]["object"] == "page"
    assert (entry["id"], piece["sender"], piece["recipient"]) == (
        graph.page,
        {"id": carla_id(server)},
        {"id": graph.page},
    )
    assert entry["time"] > 10**12
    assert piece["timestamp"] > 10**12
    message = piece["message"]
    assert (message["mid"], message["text"]) == (mid, "is broken")
    assert (message["quick_reply"], message["reply_to"]) == ({"payload": "LAMP"}, {"mid": first})
    (attachment,) = message["attachments"]
    assert attachment["type"] == "image"
    fetched = requests.get(attachment["payload"]["url"], timeout=20)
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"picture", "image/png")


def test_an_address_of_a_file_expires_and_cannot_be_forged(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    server.street.write(CARLA, "", [("lamp.pdf", b"paper")])
    eventually(lambda: subscribed.came)
    attachment = subscribed.pieces()[0]["message"]["attachments"][0]
    assert attachment["type"] == "file"
    url = attachment["payload"]["url"]
    assert requests.get(url, timeout=20).status_code == 200
    assert requests.get(url[:-1], timeout=20).status_code == 403
    server.move_clock(3700)
    assert requests.get(url, timeout=20).status_code == 403


def test_each_thing_a_person_does_is_told_in_its_own_form(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    street = server.street
    mid = street.write(CARLA, "hello")
    street.edit(mid, "hello there")
    street.react(mid, "😢")
    street.react(mid, "😢", away=True)
    street.press(CARLA, "START", referral="spring")
    street.come_by_link(CARLA, "summer")
    street.write(CARLA, sticker=369239263222822)
    ours = street.answer_elsewhere(CARLA, "From the phone")
    street.receive(CARLA)
    street.read(CARLA)
    street.unsend(mid)
    street.tell(CARLA, "messaging_optins", {"optin": {"ref": "box"}})
    eventually(server.settled)
    pieces = subscribed.pieces()
    kinds = [next(key for key in piece if key not in ("sender", "recipient", "timestamp")) for piece in pieces]
    wanted = "message message_edit reaction reaction postback referral message message delivery read message optin"
    assert kinds == wanted.split()
    assert pieces[1]["message_edit"] == {"mid": mid, "text": "hello there", "num_edit": 1}
    assert pieces[2]["reaction"] == {"mid": mid, "action": "react", "emoji": "😢", "reaction": "sad"}
    assert pieces[3]["reaction"] == {"mid": mid, "action": "unreact"}
    postback = pieces[4]["postback"]
    assert (postback["title"], postback["payload"]) == ("Get started", "START")
    assert postback["referral"]["ref"] == "spring"
    assert pieces[6]["message"]["attachments"][0]["type"] == "sticker"
    assert pieces[6]["message"]["attachments"][0]["payload"]["sticker_id"] == 369239263222822
    assert "app_id" not in pieces[7]["message"]
    assert (pieces[7]["sender"]["id"], pieces[7]["message"]["is_echo"]) == (graph.page, True)
    assert pieces[8]["delivery"]["mids"] == [ours]
    assert "timestamp" not in pieces[8]
    assert pieces[9]["read"]["watermark"] > 10**12
    assert pieces[10]["message"] == {"mid": mid, "is_deleted": True}


def test_our_own_answer_comes_back_as_an_echo_with_the_same_mid(
    server: GraphServer, graph: Graph, subscribed: Hook
) -> None:
    server.street.write(CARLA, "hello")
    mid = graph.send({"id": carla_id(server)}, {"text": "Hi", "metadata": "ours-7"}).json()["message_id"]
    eventually(lambda: len(subscribed.came) == 2)
    message = subscribed.pieces()[1]["message"]
    assert message == {
        "is_echo": True,
        "mid": mid,
        "text": "Hi",
        "app_id": int(server.app.id),
        "metadata": "ours-7",
    }


def test_the_echo_can_come_before_the_answer_of_the_call(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    server.street.write(CARLA, "hello")
    server.set_habits(echo_first=True)
    server.misbehave_hooks(delay_seconds=0.3)
    for _ in range(3):
        mid = graph.send({"id": carla_id(server)}, {"text": "Hi"}).json()["message_id"]
        assert subscribed.pieces()[-1]["message"]["mid"] == mid


def test_every_unconfirmed_habit_can_be_had_the_other_way(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    server.set_habits(
        echo_reversed=True,
        delivery_mids=False,
        seconds=True,
        numeric_ids=True,
        edit_as_text=True,
        sticker_as_image=True,
        unsend_told=False,
        old_mids=True,
    )
    mid = server.street.write(CARLA, sticker=369239263222822)
    server.street.edit(mid, "a thumb")
    server.street.unsend(mid)
    server.street.answer_elsewhere(CARLA, "Hi")
    server.street.receive(CARLA)
    eventually(server.settled)
    sticker, edit, echo, delivery = subscribed.pieces()
    carla = int(carla_id(server))
    assert mid.startswith("mid.")
    assert subscribed.bodies()[0]["entry"][0]["id"] == int(graph.page)
    assert sticker["message"]["attachments"][0]["type"] == "image"
    assert sticker["timestamp"] < 10**11
    assert edit["message_edit"]["num_edit"] == "1"
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == (carla, int(graph.page))
    assert "mids" not in delivery["delivery"]


def test_another_app_can_have_the_thread(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    server.set_habits(standby=True)
    server.street.write(CARLA, "hello")
    eventually(lambda: subscribed.came)
    assert [piece["message"]["text"] for piece in subscribed.pieces("standby")] == ["hello"]
    assert subscribed.pieces() == []


def test_the_test_button_sends_a_message_in_the_shape_of_a_change(
    server: GraphServer, graph: Graph, subscribed: Hook
) -> None:
    server.street.press_test_button()
    eventually(lambda: subscribed.came)
    (change,) = subscribed.pieces("changes")
    assert (change["field"], change["value"]["message"]["text"]) == ("messages", "test_message")


# -- the wall


def test_what_happens_on_the_wall_is_told_in_seconds(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    street = server.street
    post = street.page_post("New lamps")
    comment = street.comment(CARLA, post, "Mine is broken", attachments=[("lamp.png", b"picture")])
    reply = street.comment("Max Manager", post, "Mine too", parent=comment)
    street.edit_comment(comment, "Mine is fine")
    graph.ask("POST", comment, data={"is_hidden": "true"})
    graph.ask("POST", comment, data={"is_hidden": "false"})
    street.remove_comment(reply)
    visit = street.visitor_post(CARLA, "Where is my lamp?")
    street.remove_post(visit)
    street.like(CARLA, comment)
    eventually(server.settled)
    values = subscribed.values()
    assert [(value["item"], value["verb"]) for value in values] == [
        ("status", "add"),
        ("comment", "add"),
        ("comment", "add"),
        ("comment", "edited"),
        ("comment", "hide"),
        ("comment", "unhide"),
        ("comment", "remove"),
        ("post", "add"),
        ("post", "remove"),
        ("reaction", "add"),
    ]
    added, answered = values[1], values[2]
    assert (added["comment_id"], added["post_id"], added["parent_id"]) == (comment, post, post)
    assert added["from"] == {"id": carla_id_of(server, CARLA), "name": CARLA}
    assert requests.get(added["photo"], timeout=20).content == b"picture"
    assert (added["post"]["id"], added["created_time"] < 10**11) == (post, True)
    assert answered["parent_id"] == comment
    assert values[3]["message"] == "Mine is fine"
    assert "message" not in values[6]
    assert values[8]["recipient_id"] == graph.page
    assert subscribed.bodies()[0]["entry"][0]["time"] < 10**11


def carla_id_of(server: GraphServer, name: str) -> str:
    return next(str(contact["id"]) for contact in server.street.talks() if contact["name"] == name)


def test_a_comment_can_come_without_its_author_or_with_the_old_names(
    server: GraphServer, graph: Graph, subscribed: Hook
) -> None:
    post = server.street.page_post("New lamps")
    server.set_habits(nameless=True, parent_shown=False)
    comment = server.street.comment(CARLA, post, "Mine is broken")
    server.set_habits(nameless=False, old_sender=True)
    server.street.edit_comment(comment, "Mine is fine")
    eventually(server.settled)
    added, edited = subscribed.values()[1:]
    assert "from" not in added
    assert "parent_id" not in added
    assert (edited["sender_name"], "from" in edited) == (CARLA, False)


def test_what_the_page_does_in_another_tool_is_told(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    post = server.street.page_post("Nwe lamps")
    server.street.edit_post(post, "New lamps")
    comment = server.street.comment(CARLA, post, "Mine is broken")
    server.street.comment("Demo", post, "Which one?", parent=comment)
    server.street.hide_comment(comment)
    server.street.hide_comment(comment, hidden=False)
    server.street.answer_elsewhere(CARLA, "By another app", app="263902037430900")
    eventually(server.settled)
    values = subscribed.values()
    verbs = ["add", "edited", "add", "add", "hide", "unhide"]
    assert [value["verb"] for value in values] == verbs
    assert (values[1]["message"], values[3]["from"]["id"]) == ("New lamps", graph.page)
    assert subscribed.pieces()[0]["message"]["app_id"] == 263902037430900
    assert server.log() == []


def test_a_mention_never_says_who(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    post = server.street.mention(CARLA, "I love Demo")
    eventually(lambda: subscribed.came)
    (change,) = subscribed.pieces("changes")
    assert change["field"] == "mention"
    assert (change["value"]["item"], change["value"]["post_id"]) == ("post", post)
    assert "from" not in change["value"]
    (tagged,) = graph.get(f"{graph.page}/tagged", fields="message,from")["data"]
    assert (tagged["message"], tagged["from"]["name"]) == ("I love Demo", CARLA)


# -- together, again, backwards


def test_several_pages_and_events_share_one_post(server: GraphServer, graph: Graph, subscribed: Hook) -> None:
    server.street.connect("Another")
    server.street.subscribe(subscribed.url, VERIFY, "Another")
    server.set_habits(together=5)
    server.street.write(CARLA, "one")
    server.street.write(CARLA, "two")
    server.street.write(CARLA, "three", page="Another")
    server.street.page_post("New lamps")
    server.flush()
    eventually(server.settled)
    (body,) = subscribed.bodies()
    shape = [[len(entry.get(where, [])) for where in ("messaging", "changes")] for entry in body["entry"]]
    assert shape == [[2, 0], [1, 0], [0, 1]]


def test_a_hook_that_fails_is_asked_again_with_the_same_bytes(
    server: GraphServer, graph: Graph, subscribed: Hook
) -> None:
    subscribed.answers.append(500)
    server.street.write(CARLA, "hello")
    eventually(server.settled)
    (first, _), (second, _) = subscribed.came
    assert first == second


@pytest.mark.parametrize(
    ("how", "texts"),
    [
        ({"copies": 2}, ["one", "one", "two", "two"]),
        ({"copies": 0}, []),
        ({"backwards": 2}, ["two", "one"]),
    ],
)
def test_webhooks_come_twice_or_never_or_backwards(
    server: GraphServer, graph: Graph, subscribed: Hook, how: dict[str, int], texts: list[str]
) -> None:
    server.misbehave_hooks(**how)
    server.street.write(CARLA, "one")
    server.street.write(CARLA, "two")
    eventually(server.settled)
    assert [piece["message"]["text"] for piece in subscribed.pieces()] == texts
