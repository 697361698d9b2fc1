"""The tags of one conversation: by keyboard alone, with what was used lately, and nothing that is typed gets lost."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.inbox.web.chromium.looks import PHONE, faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
TAGS = "SELECT tags FROM inbox_conversation WHERE number = %s"


def tagged_before(town: Town, *tags: str, subject: str = "A lamp of before") -> None:
    town.sql("UPDATE inbox_conversation SET tags = %s WHERE number = %s", list(tags), town.number_of(subject))


def test_tags_are_set_and_taken_away_by_keyboard_alone(town: Town) -> None:
    town.arrives(town.sits("ada"), "A lamp of before").close()
    tagged_before(town, "velvet lamp", "invoice")
    page = town.arrives(town.sits("ada"), "A lamp with tags")
    number, field = town.number_of("A lamp with tags"), page.get_by_label("Add a tag")
    page.keyboard.press("l")
    expect(field).to_be_focused()
    page.keyboard.type("vel")
    option = page.get_by_role("option", name="velvet lamp")
    expect(option).to_have_attribute("aria-selected", "false")
    assert list(faults(page)) == []
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#side .tags li.chip")).to_have_count(1)
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.type("vel, urgent")
    page.keyboard.press("Enter")
    expect(page.locator("#side .tags li.chip")).to_have_count(3)
    assert town.sql(TAGS, number) == [(["velvet lamp", "vel", "urgent"],)], "what was typed is what was meant"
    assert list(faults(page)) == []
    page.get_by_role("button", name="Take away: vel", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take away: urgent")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take away: velvet lamp")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert town.sql(TAGS, number) == [([],)]


def test_what_was_chosen_stays_chosen_when_a_late_answer_comes(town: Town) -> None:
    town.arrives(town.sits("ada"), "An old tagged chair").close()
    tagged_before(town, "velvet lamp", subject="An old tagged chair")
    page = town.arrives(town.sits("ada"), "A chair with a late answer")
    page.keyboard.press("l")
    expect(page.get_by_label("Add a tag")).to_be_focused()
    page.keyboard.type("ve")
    option = page.get_by_role("option", name="velvet lamp")
    expect(option).to_have_attribute("aria-selected", "false")
    held: list[Route] = []
    page.route(re.compile("q=vel$"), lambda route: held.append(route))
    page.keyboard.type("l")
    until(lambda: page.evaluate("1") and held, "it is asked")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    before = option.element_handle()
    held[0].continue_()
    until(lambda: not page.evaluate("(each) => each.isConnected", before), "the list is made anew")
    expect(option).to_have_attribute("aria-selected", "true")


def test_what_is_typed_stays_while_the_panel_changes_and_a_tag_is_refused(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp while one types")
    field = page.get_by_label("Add a tag")
    field.press_sequentially("half a ta")
    other = town.sits("sam", page.url.removeprefix(town.base))
    other.get_by_label("Add a tag").fill("from sam")
    other.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take away: from sam")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("half a ta")
    page.get_by_role("button", name="Take away: from sam").click()
    expect(page.locator("#side .tags li.chip")).to_have_count(0)
    expect(field).to_have_value("half a ta")
    field.fill("x" * 51)
    page.keyboard.press("Enter")
    expect(page.locator("#tags-refused")).to_contain_text("each of at most 50 letters")
    expect(field).to_have_value("x" * 51)
    assert list(faults(page)) == []


def test_a_panel_that_is_shut_opens_for_it_and_the_palette_knows_it(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp beside a shut panel")
    page.keyboard.press("]")
    expect(page.locator("#side")).to_be_hidden()
    page.keyboard.press("l")
    expect(page.get_by_label("Add a tag")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("Tag")
    page.get_by_role("option", name="Tag").first.click()
    expect(page.get_by_label("Add a tag")).to_be_focused()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.reload()
    page.wait_for_selector("#thread .msg")
    page.keyboard.press("l")
    expect(page.get_by_label("Add a tag")).to_be_focused()
    page.keyboard.type("by thumb")
    page.get_by_role("button", name="Add", exact=True).click()
    until(lambda: town.sql(TAGS, town.number_of("A lamp beside a shut panel")) == [(["by thumb"],)], "it is kept")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert list(faults(page)) == []
