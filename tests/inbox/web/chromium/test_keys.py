"""The desk without a mouse: single keys, the sheet, the palette, keys that were moved or switched off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium


@pytest.fixture(autouse=True)
def _usual_keys(town: Town) -> Iterator[None]:
    yield
    town.sql("UPDATE inbox_agent SET single_keys = true, keys = '{}'")


FIRST = (
    "SELECT p.reference FROM inbox_providerid p JOIN inbox_message m ON m.id = p.message_id"
    " JOIN inbox_conversation c ON c.id = m.conversation_id WHERE c.number = %s"
)


def lamp(town: Town, subject: str) -> Page:
    page = town.arrives(town.sits("ada"), subject)
    page.locator("body").click(position={"x": 5, "y": 5})
    return page


def test_a_problem_is_taken_answered_and_solved_by_keys_alone(town: Town) -> None:
    page = lamp(town, "A lamp by keys")
    page.keyboard.press("t")
    expect(page.locator(".climb")).to_contain_text("Ada is responsible")
    page.keyboard.press("r")
    expect(page.get_by_label("Text of the reply")).to_be_focused()
    page.keyboard.type("A new one is on its way.")
    page.keyboard.press("Escape")
    expect(page.locator("#talk")).to_be_focused()
    page.get_by_role("button", name="Pass on", exact=True).click()
    expect(page.locator("#menu [name=to]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".climb")).to_contain_text("solved")
    page.locator("body").click(position={"x": 5, "y": 5})
    for key, place in (("p", "promises"), ("d", "drafts"), ("z", "snoozed"), ("s", "solved")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**/c/{place}/")


def test_a_menu_is_opened_at_the_field_that_is_meant(town: Town) -> None:
    page = lamp(town, "A lamp to snooze by key")
    page.keyboard.press("s")
    expect(page.locator("#menu input[name=until]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("a")
    expect(page.locator("#menu select[name=to]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("t")
    expect(page.locator(".climb")).to_contain_text("Ada is responsible")
    page.keyboard.press("Shift+U")
    expect(page.get_by_title("Pass up").locator("..").locator("[name=reason]")).to_be_focused()


def test_the_sheet_tells_the_keys_and_goes_away(town: Town) -> None:
    page = town.sits("ada", "/c/open/")
    page.keyboard.press("Shift+Slash")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet.get_by_text("The next conversation")).to_be_visible()
    expect(sheet.locator("[data-action=reply] kbd")).to_have_text("r")
    expect(sheet.locator("[data-action=mine] kbd")).to_have_text("g i")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_palette_goes_everywhere_and_does_what_the_page_offers(town: Town) -> None:
    page = lamp(town, "A lamp by palette")
    number = town.number_of("A lamp by palette")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to anything, do anything")
    expect(field).to_be_focused()
    field.fill("take")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Take it")
    page.keyboard.press("Enter")
    expect(page.locator(".climb")).to_contain_text("Ada is responsible")
    page.keyboard.press("Control+k")
    field.fill("waiting")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/pending/")
    page.keyboard.press("Shift+Digit3")
    expect(field).to_have_value("#")
    page.keyboard.type(str(number))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/c/open/{number}/")
    page.wait_for_selector("body[data-live=on]")  # the address is there before the page hears keys
    page.keyboard.press("Control+k")
    field.fill("bulbs nowhere")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=bulbs%20nowhere")


def test_the_palette_offers_whatever_can_be_pressed_and_asks_for_what_that_wants_first(town: Town) -> None:
    page = lamp(town, "A lamp with every action")
    offered, field = page.locator("#palette [role=option]"), page.get_by_role("combobox", name="Go to anything")
    page.keyboard.press("Control+k")
    actions = (
        "Wait for the customer",
        "Pass up",
        "Merge",
        "Send and solve",
        "Send and wait",
        "Attach a file",
        "Split off",
    )
    at_work = (page.locator(".rail-foot .menu button").first.text_content() or "").strip()
    for action in (*actions, at_work):
        field.fill(action)
        expect(offered.first).to_have_text(f"{action}Do it")
    labels = page.evaluate("""() => {
        const field = document.querySelector("#palette input");
        field.value = "";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        return [...document.querySelectorAll("#palette [role=option]")].map((each) => each.firstChild.textContent);
    }""")
    assert sorted(labels) == sorted(set(labels))
    for part in ("Need us", "What climbs first"):
        field.fill(part)
        expect(offered.first).to_contain_text(part)
    field.fill("narrow the list")
    page.keyboard.press("Enter")
    expect(page.locator("#narrow-box [name=channel]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    field.fill("merge")
    page.keyboard.press("Enter")
    expect(page.locator("#menu [name=number]")).to_be_focused()
    page.keyboard.press("Control+k")
    field.fill("wait for the customer")
    page.keyboard.press("Enter")
    expect(page.locator(".climb")).to_contain_text("waits for customer")


def test_two_keys_one_after_the_other_are_typed_again_and_all_come_back(town: Town) -> None:
    page = town.sits("ada", "/me/")
    field = page.locator("#keys-own").get_by_label("Go to: mine")
    expect(field).to_have_value("g i")
    field.press("g")
    field.press("m")
    expect(field).to_have_value("g m")
    page.locator("#keys-own").get_by_role("button", name="Save").click()
    expect(field).to_have_value("g m")
    page.get_by_role("button", name="All as usual again").click()
    expect(field).to_have_value("g i")


def test_a_key_is_moved_and_keys_are_switched_off(town: Town) -> None:
    page = town.sits("ada", "/me/")
    field = page.locator("#keys-own").get_by_label("Reply", exact=True)
    field.press("z")
    expect(field).to_have_value("z")
    page.locator("#keys-own").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    field.press("j")
    page.locator("#keys-own").get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be told apart")
    expect(field).to_have_value("j")
    page = lamp(town, "A lamp by another key")
    page.keyboard.press("r")
    page.keyboard.press("z")
    expect(page.get_by_label("Text of the reply")).to_be_focused()
    expect(page.get_by_label("Text of the reply")).to_have_value("")
    page.goto(f"{town.base}/me/")
    page.get_by_label("Single keys do something").uncheck()
    page.locator("#keys-own").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.locator("body").press("g")
    page.locator("body").press("q")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to anything")).to_be_focused()
    assert page.url.endswith("/me/")


def test_the_way_back_to_the_list_is_offered_only_where_the_list_is_not_there(town: Town) -> None:
    page = lamp(town, "A lamp beside its list")
    back = page.locator("#palette [role=option]", has_text="Back to the list")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    expect(back).to_have_count(0)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Control+k")
    expect(back).to_have_count(1)
