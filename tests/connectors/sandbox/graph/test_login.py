"""From the Login page to the token of a Page, and how tokens die."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import Graph, error_of

BACK = "https://desk.example.com/back"
SCOPES = "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement"


def link(server: GraphServer, **more: str) -> dict[str, str]:
    own = {"client_id": server.app.id, "redirect_uri": BACK, "state": "our state", "scope": SCOPES}
    return own | {"response_type": "code"} | more


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser would send for the page as it is shown."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes["type"] == "hidden" or " checked" in tag:
            found.setdefault(attributes["name"], []).append(attributes["value"])
    return found


def come_back(server: GraphServer, answer: str = "allow", **more: str) -> dict[str, str]:
    """Go through the Login page and return what comes back in the address."""
    dialog = f"{server.base}/v25.0/dialog/oauth"
    shown = requests.get(dialog, params=link(server, **more), timeout=20)
    assert shown.headers["Content-Type"].startswith("text/html")
    answered = requests.post(dialog, data=form_of(shown.text) | {"answer": [answer]}, timeout=20, allow_redirects=False)
    assert answered.status_code == 302
    target = urlsplit(answered.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def change(graph: Graph, server: GraphServer, **how: str) -> requests.Response:
    own = {"client_id": server.app.id, "client_secret": server.app.secret}
    return graph.ask("GET", "oauth/access_token", token=None, params=own | how)


def user_token(graph: Graph, server: GraphServer, **more: str) -> str:
    code = come_back(server, **more)["code"]
    return str(change(graph, server, code=code, redirect_uri=BACK).json()["access_token"])


def test_login_leads_to_an_endless_token_of_the_page(server: GraphServer, graph: Graph) -> None:
    back = come_back(server)
    assert back["state"] == "our state"
    short = change(graph, server, code=back["code"], redirect_uri=BACK).json()
    assert (short["token_type"], short["expires_in"] <= 7200) == ("bearer", True)
    long = change(graph, server, grant_type="fb_exchange_token", fb_exchange_token=short["access_token"]).json()
    assert 5183000 < long["expires_in"] <= 5183944
    found = graph.ask("GET", "me/accounts", token=long["access_token"], params={"fields": "id,name,access_token,tasks"})
    (page,) = found.json()["data"]
    assert (page["id"], page["name"]) == (graph.page, "Demo")
    assert {"MESSAGING", "MODERATE"} <= set(page["tasks"])
    assert graph.ask("GET", "me", token=page["access_token"]).json() == {"name": "Demo", "id": graph.page}
    assert graph.ask("GET", "me", token=long["access_token"]).json()["name"] == "Kim Admin"
    granted = graph.ask("GET", "me/permissions", token=long["access_token"]).json()["data"]
    assert {"permission": "pages_messaging", "status": "granted"} in granted
    server.move_clock(100 * 24 * 3600)
    assert graph.ask("GET", "me", token=page["access_token"]).status_code == 200
    assert error_of(graph.ask("GET", "me", token=long["access_token"])) == (190, 463)


def test_a_page_token_of_a_short_token_ends_with_it(server: GraphServer, graph: Graph) -> None:
    short = user_token(graph, server)
    (page,) = graph.ask("GET", "me/accounts", token=short).json()["data"]
    assert graph.ask("GET", "me", token=page["access_token"]).status_code == 200
    server.move_clock(2 * 3600)
    assert error_of(graph.ask("GET", "me", token=page["access_token"])) == (190, 463)


def test_a_denied_login_says_so(server: GraphServer, graph: Graph) -> None:
    back = come_back(server, "deny")
    assert back == {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
        "state": "our state",
    }


def test_a_code_is_good_once_for_a_while_and_for_the_same_address(server: GraphServer, graph: Graph) -> None:
    code = come_back(server)["code"]
    assert error_of(change(graph, server, code=code, redirect_uri=BACK + "/")) == (100, 36008)
    assert change(graph, server, code=code, redirect_uri=BACK).status_code == 200
    assert error_of(change(graph, server, code=code, redirect_uri=BACK)) == (100, 36009)
    late = come_back(server)["code"]
    server.move_clock(601)
    assert error_of(change(graph, server, code=late, redirect_uri=BACK)) == (100, 36007)
    assert error_of(change(graph, server, code="x", redirect_uri=BACK)) == (100, 0)
    assert error_of(change(graph, server, code="x", client_secret="wrong")) == (1, 0)
    assert error_of(change(graph, server, code="x", client_id="1")) == (101, 0)
    assert error_of(change(graph, server, redirect_uri=BACK)) == (100, 0)


def test_only_the_pages_that_were_picked_are_given(server: GraphServer, graph: Graph) -> None:
    other = server.street.connect("Another")["page_id"]
    user = user_token(graph, server)
    names = [page["name"] for page in graph.ask("GET", "me/accounts", token=user).json()["data"]]
    assert names == ["Demo", "Another"]
    shown = requests.get(f"{server.base}/v25.0/dialog/oauth", params=link(server), timeout=20)
    picked = form_of(shown.text) | {"answer": ["allow"], "page": [other]}
    back = requests.post(f"{server.base}/dialog/oauth", data=picked, timeout=20, allow_redirects=False)
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    user = change(graph, server, code=code, redirect_uri=BACK).json()["access_token"]
    assert [page["id"] for page in graph.ask("GET", "me/accounts", token=user).json()["data"]] == [other]
    assert error_of(graph.ask("GET", graph.page, token=user)) == (100, 33)


@pytest.mark.parametrize(
    "wrong", [{"client_id": "1"}, {"redirect_uri": ""}, {"response_type": "token"}, {"scope": "everything"}]
)
def test_a_wrong_link_shows_no_login(server: GraphServer, wrong: dict[str, str]) -> None:
    shown = requests.get(f"{server.base}/v25.0/dialog/oauth", params=link(server, **wrong), timeout=20)
    assert shown.status_code == 400
    assert shown.json()["error"]["type"] == "OAuthException"


def test_what_was_not_granted_is_refused(server: GraphServer, graph: Graph) -> None:
    server.street.write("Carla Customer", "hello")
    post = server.street.page_post("New lamps")
    user = user_token(graph, server, scope="pages_show_list")
    token = graph.ask("GET", "me/accounts", token=user).json()["data"][0]["access_token"]
    asked = [
        ("GET", f"{graph.page}/conversations", (230, 0)),
        ("GET", f"{graph.page}/feed", (10, 0)),
        ("GET", f"{post}/comments", (10, 0)),
        ("POST", f"{post}/comments", (200, 0)),
        ("GET", f"{graph.page}/subscribed_apps", (200, 0)),
    ]
    for method, path, wanted in asked:
        answer = graph.ask(method, path, token=token)
        assert (error_of(answer), answer.status_code) == (wanted, 403), path
    nothing = user_token(graph, server, scope="pages_messaging")
    assert graph.ask("GET", "me/accounts", token=nothing).json() == {"data": []}


def test_a_token_tells_what_it_is(server: GraphServer, graph: Graph) -> None:
    app = f"{server.app.id}|{server.app.secret}"

    def debug(token: str) -> dict[str, object]:
        answer = graph.ask("GET", "debug_token", token=app, params={"input_token": token}).json()
        return dict(answer["data"])

    data = debug(graph.token)
    assert (data["type"], data["is_valid"], data["expires_at"], data["profile_id"]) == ("PAGE", True, 0, graph.page)
    assert data["app_id"] == server.app.id
    assert "pages_messaging" in str(data["scopes"])
    assert {"scope": "pages_messaging", "target_ids": [graph.page]} in list(data["granular_scopes"])  # type: ignore[call-overload]  # JSON
    server.street.break_token(graph.token, 460)
    data = debug(graph.token)
    assert data["is_valid"] is False
    error = data["error"]
    assert isinstance(error, dict)
    assert (error["code"], error["subcode"]) == (190, 460)
    assert debug("nonsense")["is_valid"] is False
    assert error_of(graph.ask("GET", "debug_token", params={"input_token": graph.token})) == (190, 0)


def test_a_call_without_a_good_token_and_its_proof_is_refused(server: GraphServer, graph: Graph) -> None:
    assert error_of(graph.ask("GET", graph.page, token=None)) == (104, 0)
    assert error_of(graph.ask("GET", "me", token=None)) == (2500, 0)
    assert error_of(graph.ask("GET", graph.page, token="nonsense")) == (190, 0)
    for proof in ({}, {"appsecret_proof": "0" * 64}, {"appsecret_proof": "ä"}):
        answer = graph.ask("GET", graph.page, proof=False, params=proof)
        assert error_of(answer) == (100, 0)
        assert answer.json()["error"]["type"] == "GraphMethodException"
        assert "appsecret_proof" in answer.json()["error"]["message"]


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 0])
def test_a_broken_token_says_why(server: GraphServer, graph: Graph, subcode: int) -> None:
    of_the_same_person = server.street.connect()["user_token"]
    server.street.break_token(graph.token, subcode)
    answer = graph.ask("GET", graph.page)
    assert (answer.status_code, error_of(answer)) == (400, (190, subcode))
    assert error_of(graph.ask("GET", "me", token=of_the_same_person)) == (190, subcode)
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    fresh = server.street.connect()["page_token"]
    assert graph.ask("GET", graph.page, token=fresh).status_code == 200


def test_a_user_token_cannot_act_as_the_page(server: GraphServer, graph: Graph) -> None:
    user = server.street.connect()["user_token"]
    assert graph.ask("GET", graph.page, token=user).status_code == 200
    answer = graph.ask("GET", f"{graph.page}/conversations", token=user)
    assert error_of(answer) == (190, 0)
    assert answer.json()["error"]["message"] == "This method must be called with a Page Access Token"
