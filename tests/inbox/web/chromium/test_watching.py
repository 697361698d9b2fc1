"""Sam watches over his team: he sees who has what as it changes, and takes over with a word to the owner."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium


def ada_has(town: Town, subject: str) -> int:
    page = town.arrives(town.sits("ada"), subject)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("Ada is responsible")).to_be_visible()
    page.close()
    return town.number_of(subject)


def watches(town: Town) -> Page:
    """Sam goes from the rail to the board, and from there to what ada has in hand."""
    sam = town.sits("sam")
    sam.get_by_role("link", name="Board").click()
    sam.get_by_role("link", name="Ada", exact=True).click()
    sam.wait_for_selector("#in-hand")
    sam.wait_for_selector("body[data-live=on]")
    return sam


def test_what_comes_and_goes_is_seen_at_once(town: Town) -> None:
    ada_has(town, "A lamp that was there")
    sam = watches(town)
    expect(sam.locator(".must-card", has_text="A lamp that was there")).to_be_visible()
    number = ada_has(town, "A lamp that comes and goes")
    card = sam.locator(".must-card", has_text="A lamp that comes and goes")
    expect(card).to_be_visible()
    ada = town.sits("ada", f"/c/mine/{number}/")
    ada.get_by_role("button", name="Solve", exact=True).click()
    expect(card).to_be_hidden()


def test_one_key_takes_over_and_the_owner_is_told_why(town: Town) -> None:
    number = ada_has(town, "A lamp of a friend")
    ada = town.sits("ada", "/c/mine/")
    ada.wait_for_selector("body[data-live=on]")
    sam = watches(town)
    card = sam.locator(".must-card", has_text="A lamp of a friend")
    for _step in range(50):
        sam.keyboard.press("j")
        if card.locator("[data-step]").evaluate("link => link === document.activeElement"):
            break
    sam.keyboard.press("Shift+T")
    sam.keyboard.type("She is an old friend of mine")
    sam.keyboard.press("Control+Enter")
    sam.wait_for_url(re.compile(f"/c/open/{number}/"))
    expect(sam.get_by_text("Sam is responsible")).to_be_visible()
    expect(ada.locator("#bell .bell-n")).to_be_visible()
    ada.goto(f"{town.base}/notices/")
    notice = ada.locator(".notices li", has_text="A lamp of a friend").first
    expect(notice).to_contain_text("It is not yours any more: Sam")
    expect(notice).to_contain_text("She is an old friend of mine")


def test_before_a_conversation_the_same_key_and_the_palette_do_the_same(town: Town) -> None:
    number = ada_has(town, "A lamp taken from its page")
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.wait_for_selector("body[data-live=on]")
    sam.keyboard.press("Control+k")
    sam.keyboard.type("say why")
    sam.keyboard.press("Enter")
    expect(sam.get_by_label("Why, for Ada to know")).to_be_focused()
    sam.keyboard.type("It is urgent")
    sam.keyboard.press("Control+Enter")
    expect(sam.get_by_text("Sam is responsible")).to_be_visible()
    expect(sam.locator(".note", has_text="It is urgent")).to_be_visible()
