"""The next conversation is there before it is asked for, as it is now."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium


def looks_at(town: Town, upper: str, lower: str) -> Page:
    """Ada has opened the upper one of two, and the lower one was read ahead."""
    for subject in (lower, upper):
        town.post(subject)
        town.number_of(subject)
    page = town.sits("ada", "/c/open/")
    row = page.locator(".item", has_text=upper)
    expect(row).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith(f"/{town.number_of(lower)}/")) as ahead:
        row.locator(".item-body").click()
    assert ahead.value.request.headers["x-ahead"] == "true"
    return page


def asked_of(page: Page, number: int) -> list[Request]:
    """What is asked for of a conversation from now on."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if f"/{number}/" in request.url else None)
    return asked


def unread(town: Town, number: int) -> bool:
    seen = "SELECT 1 FROM inbox_reading r JOIN inbox_conversation c ON c.id = r.conversation_id WHERE c.number = %s"
    return not town.sql(seen, number)


def test_it_opens_without_being_asked_for_and_is_read_only_then(town: Town) -> None:
    page = looks_at(town, "A lantern above", "A lantern below")
    number = town.number_of("A lantern below")
    assert unread(town, number)
    asked = asked_of(page, number)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator(".talk-name")).to_have_text("A lantern below")
    expect(page.locator("#side")).to_contain_text("Who had it")
    until(lambda: not unread(town, number), "she has read it")
    assert {request.url.split("?")[0].rsplit("/", 2)[1] for request in asked} >= {"opened", "side"}
    assert f"{town.base}/c/open/{number}/" not in [request.url for request in asked]


def test_what_has_changed_since_is_asked_for_again(town: Town) -> None:
    page = looks_at(town, "A torch above", "A torch below")
    number = town.number_of("A torch below")
    page.evaluate("document.body.addEventListener('otvet:changed', (event) => { window.heard = event.detail; })")
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("tab", name="Note").click()
    sam.get_by_label("Text of the note").fill("It burns, too")
    sam.get_by_role("button", name="Leave note").click()
    expect(sam.locator(".note")).to_contain_text("It burns, too")
    page.wait_for_function(f"String(window.heard) === '{number}'")
    page.locator(".item", has_text="A torch below").locator(".item-body").click()
    expect(page.locator(".note")).to_contain_text("It burns, too")
