"""One person writes in one conversation in two windows: neither of them loses what was typed in the other."""

import re
from typing import Any

from inbox.desk import drafts
from inbox.models import Conversation, Mode
from tests.inbox.desk_of_five import Desk, browser


def keeps(desk: Desk, conversation: Conversation, text: str, *, known: str, version: str) -> Any:
    form = {"mode": "reply", "text": text, "seen_from": "0", "grown_from": known, "version": version}
    return browser(desk.ada).post(f"/c/open/{conversation.number}/draft/", form)


def version_in(page: str) -> str:
    found = re.search(r'data-keep="reply"\s+data-version="([^"]*)"', page)
    assert found
    return found[1]


def test_a_window_gets_what_was_kept_by_the_other_and_knows_it_then(desk: Desk) -> None:
    conversation = desk.problem()
    at = f"/c/open/{conversation.number}/"
    assert version_in(browser(desk.ada).get(at).content.decode()) == ""
    assert keeps(desk, conversation, "At the desk", known="", version="desk").status_code == 204
    assert version_in(browser(desk.ada).get(at).content.decode()) == "desk"
    answer = keeps(desk, conversation, "On the phone", known="", version="phone")
    assert (answer.status_code, answer.json()["unknown"]) == (200, "At the desk")
    page = browser(desk.ada).get(at).content.decode()
    assert "At the desk\n\nOn the phone</textarea>" in page
    assert version_in(page) == answer.json()["version"]
    assert keeps(desk, conversation, "Both", known=f"phone {version_in(page)}", version="phone 2").status_code == 204


def test_an_answer_that_is_sent_leaves_what_the_other_window_has_kept(desk: Desk) -> None:
    conversation = desk.problem()
    keeps(desk, conversation, "On the phone", known="", version="phone")
    form = {"text": "At the desk", "seen_up_to": "999999", "grown_from": " desk"}
    browser(desk.ada).post(f"/c/open/{conversation.number}/reply/", form)
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].text == "On the phone"
    browser(desk.ada).post(f"/c/open/{conversation.number}/reply/", {**form, "grown_from": "phone desk"})
    assert drafts.of(conversation, desk.ada) == {}


def test_an_answer_that_was_refused_knows_no_more_than_before(desk: Desk) -> None:
    conversation = desk.problem()
    keeps(desk, conversation, "On the phone", known="", version="phone")
    form = {"text": "At the desk", "seen_up_to": "0", "grown_from": " desk"}
    answer = browser(desk.ada).post(f"/c/open/{conversation.number}/reply/", form)
    assert answer.status_code == 409
    assert version_in(answer.content.decode()) == " desk"
