"""Finding: while one types, by words and terms, with what was found marked."""

import pytest
from playwright.sync_api import expect

from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium


def test_what_is_typed_is_looked_for_at_once_and_marked(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to be found", text="The third bulb of it is cracked.")
    page.locator("body").press("/")
    page.keyboard.type("bulbs from:carla")
    page.keyboard.press("Enter")
    row = page.locator(".item", has_text="A lamp to be found")
    expect(row.locator("mark")).to_have_text("bulb")
    field = page.locator("#find-here")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type(" -from:carla")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("bulbs from:carla -from:carla")
    field.fill("bulbs before:lately")
    expect(page.get_by_role("alert")).to_contain_text("“lately” is no date")
    field.fill("bulbs")
    expect(row).to_be_visible()
    page.reload()
    expect(page.locator("#find-here")).to_have_value("bulbs")


def test_what_may_be_typed_is_told_where_nothing_is_typed_yet(town: Town) -> None:
    page = town.sits("ada", "/search/")
    expect(page.get_by_text("has:attachment")).to_be_visible()
    expect(page.get_by_role("heading", name="Find")).to_be_visible()
