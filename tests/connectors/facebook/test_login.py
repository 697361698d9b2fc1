"""Facebook Login on loopback: from the dialog to the Page's own token."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.errors import ChannelError, CredentialsRefused
from connectors.facebook.connector import Facebook
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.facebook.conftest import NOW

BACK = "https://desk.example.com/channels/back"


def asked(connector: Facebook, *, again: bool = False) -> str | None:
    return connector.consent_address(back=BACK, state="the state", challenge="unused", again=again)


def allowed(graph: GraphServer, connector: Facebook, *pages: str, again: bool = False) -> dict[str, str]:
    """What the browser brings back after somebody has allowed these Pages."""
    address = asked(connector, again=again)
    assert address is not None
    with requests.Session() as session:
        session.trust_env = False
        form = session.get(address, timeout=20).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        (person,) = re.findall(r'name="person" value="(\d+)"', form)
        chosen = [*hidden.items(), ("person", person), *(("page", page) for page in pages), ("answer", "allow")]
        answer = session.post(address.partition("?")[0], data=chosen, timeout=20, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def consented(graph: GraphServer, connector: Facebook, *pages: str, again: bool = False) -> Facebook:
    came = allowed(graph, connector, *pages, again=again)
    assert came["state"] == "the state"
    return connector.consented(came["code"], back=BACK, verifier="unused", now=NOW)


def page_ids(graph: GraphServer, *names: str) -> list[str]:
    return [graph.street.connect(name)["page_id"] for name in names]


def test_the_dialog_asks_for_what_we_need(unconnected: Facebook) -> None:
    address = asked(replace(unconnected, base=""))
    assert address is not None
    parts = urlsplit(address)
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert (parts.netloc, parts.path) == ("www.facebook.com", "/v25.0/dialog/oauth")
    assert query["state"] == "the state"
    assert query["redirect_uri"] == BACK
    assert "pages_messaging" in query["scope"].split(",")


def test_one_of_several_pages_is_chosen(graph: GraphServer, unconnected: Facebook) -> None:
    there = page_ids(graph, "Shop", "Workshop")
    connector = consented(graph, unconnected, *there)
    assert [account.name for account in connector.accounts()] == ["Shop", "Workshop"]
    chosen = connector.choose(there[1])
    assert (chosen.page_name, chosen.account, chosen.user_token) == ("Workshop", there[1], "")
    assert chosen.accounts() == []
    assert chosen.check() == "Workshop"
    assert chosen.page_token not in repr(chosen)
    assert asked(chosen) is None


def test_a_page_that_was_not_opened_cannot_be_chosen(graph: GraphServer, unconnected: Facebook) -> None:
    shop, workshop = page_ids(graph, "Shop", "Workshop")
    connector = consented(graph, unconnected, shop)
    with pytest.raises(CredentialsRefused, match="not let us into"):
        connector.choose(workshop)


def test_a_consent_without_a_page_is_told(graph: GraphServer, unconnected: Facebook) -> None:
    page_ids(graph, "Shop")
    with pytest.raises(CredentialsRefused, match="no Page"):
        consented(graph, unconnected).accounts()


def test_connecting_again_chooses_the_same_page(graph: GraphServer, unconnected: Facebook) -> None:
    shop, workshop = page_ids(graph, "Shop", "Workshop")
    before = consented(graph, unconnected, shop, workshop).choose(shop)
    graph.street.break_token(before.page_token, 460)
    with pytest.raises(CredentialsRefused, match="password"):
        before.check()
    after = consented(graph, before, shop, workshop, again=True)
    assert (after.account, after.accounts(), after.check()) == (shop, [], "Shop")
    assert after.page_token != before.page_token
    with pytest.raises(CredentialsRefused, match="not let us into"):
        consented(graph, before, workshop, again=True)


def test_a_code_is_good_once_and_not_for_long(
    graph: GraphServer, unconnected: Facebook, clock: Callable[..., datetime]
) -> None:
    page_ids(graph, "Shop")
    used, late = (allowed(graph, unconnected)["code"] for _ in range(2))
    unconnected.consented(used, back=BACK, verifier="", now=NOW)
    clock(timedelta(hours=1))
    for code in (used, late):
        with pytest.raises(CredentialsRefused, match="used already, or is too old"):
            unconnected.consented(code, back=BACK, verifier="", now=NOW)


def test_a_wrong_secret_gets_nothing(graph: GraphServer, unconnected: Facebook) -> None:
    page_ids(graph, "Shop")
    code = allowed(graph, unconnected)["code"]
    with pytest.raises(ChannelError) as caught:
        replace(unconnected, app_secret="guessed").consented(code, back=BACK, verifier="", now=NOW)
    assert "guessed" not in str(caught.value)


def test_without_an_app_nobody_is_sent_anywhere() -> None:
    assert asked(Facebook()) is None
    with pytest.raises(CredentialsRefused, match="not connected yet"):
        Facebook().check()
