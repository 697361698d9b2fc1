"""How one's own desk looks: light or dark, how dense, and what stands there while nothing is chosen."""

import pytest
from playwright.sync_api import expect

from tests.inbox.web.chromium.looks import faults
from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium
GROUND = "getComputedStyle(document.body).backgroundColor"
BOXES = "(all) => all.map((each) => each.getBoundingClientRect().toJSON())"
# Whether what stands at the end of each can be pressed.
ON_TOP = """(all) => all.map((each) => {
  const box = each.getBoundingClientRect();
  return each.contains(document.elementFromPoint(box.right - 4, box.bottom - 4));
})"""
HIGH = "document.querySelector('.item-body').getBoundingClientRect().height"


def test_light_or_dark_and_the_density_are_a_click_away_and_stay(town: Town) -> None:
    town.arrives(town.sits("ada"), "A lamp to look at").close()
    page = town.sits("ada", "/c/open/")
    page.wait_for_selector(".item-body")
    before, high = page.evaluate(GROUND), page.evaluate(HIGH)
    try:
        with page.expect_response("**/me/look/**"):
            page.get_by_role("button", name="Light or dark").click()
        assert page.evaluate(GROUND) != before
        with page.expect_response("**/me/look/**"):
            page.get_by_role("button", name="Density").click()
        assert page.evaluate(HIGH) < high
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert page.evaluate(HIGH) < high
        assert list(faults(page)) == []
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Go to anything").fill("light or dark")
        with page.expect_response("**/me/look/**"):
            page.keyboard.press("Enter")
        assert page.evaluate(GROUND) == before
    finally:
        page.goto(f"{town.base}/me/")
        page.get_by_label("Light or dark").select_option("")
        page.get_by_label("Density").select_option("")
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_text("Saved.")).to_be_visible()


def test_where_nothing_is_chosen_stands_the_day_and_the_first_keys(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp for the day")
    page.get_by_label("Text of the reply").fill("It is on its way.")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours")).to_have_count(1)
    page.goto(f"{town.base}/c/open/")
    expect(page.locator(".blank")).to_contain_text("Your day so far:")
    expect(page.locator(".few-keys kbd")).to_have_count(8)
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_signs_that_nobody_knows_by_heart_have_a_button_and_what_is_kept_says_so(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp without signs")
    page.get_by_label("Text of the reply").fill("One word")
    expect(page.locator(".saved")).to_contain_text("saved at")
    page.get_by_role("tab", name="Note").click()
    page.get_by_role("button", name="Name a colleague").click()
    expect(page.locator("#offers [role=option]").first).to_be_visible()
    expect(page.get_by_label("Text of the note")).to_have_value("@")
    assert list(faults(page)) == []


def test_in_a_low_window_the_rail_scrolls_and_nothing_in_it_is_squeezed_or_hidden(town: Town) -> None:
    page = town.sits("sam", "/c/open/")
    for width in (1366, 1100):
        page.set_viewport_size({"width": width, "height": 560})
        heads = page.locator(".rail .brand, .rail .find:visible")
        assert all(box["height"] >= 32 for box in page.evaluate(BOXES, heads.element_handles()))
        page.locator(".rail .me").click()
        acts = page.locator(".rail-foot .menu-a")
        expect(acts).to_have_text(["Away for a moment", "Hand over", "End my shift", "My page", "Sign out"])
        assert page.evaluate(ON_TOP, acts.element_handles()) == [True] * 5
        page.locator(".rail .me").click()
