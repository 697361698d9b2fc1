"""Three panes, as somebody likes them; and what they show while something does not come."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.inbox.web.chromium.looks import PHONE, faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
REM = 16  # pixels
PANES = "SELECT panes FROM inbox_agent WHERE name = 'Ada'"


def width(page: Page, pane: str) -> float:
    box = page.locator(pane).bounding_box()
    assert box
    return box["width"] / REM


def test_panes_are_as_wide_as_one_likes_them_by_keys_and_pointer_and_stay_so(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp between three panes")
    divider = page.get_by_role("separator", name="Width of the list")
    divider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "25")
    assert width(page, "#list") == 25
    assert list(faults(page)) == []
    side = page.get_by_role("separator", name="Width of the side panel")
    box = side.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, 400)
    page.mouse.down()
    page.mouse.move(box["x"] + 4 - 4 * REM, 400, steps=4)
    page.mouse.up()
    assert width(page, "#side") in {22, 23}
    kept = {"list": 25, "side": int(width(page, "#side")), "shut": []}
    until(lambda: town.sql(PANES) == [(kept,)], "they are kept")
    page.reload()
    assert (width(page, "#list"), width(page, "#side")) == (25, kept["side"])
    page.keyboard.press("End")  # elsewhere it moves nothing
    divider.press("End")
    assert width(page, "#list") == 36
    divider.press("Home")
    assert width(page, "#list") == 16


def test_in_a_narrow_pane_the_head_of_a_conversation_stays_within_it(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp of which much is told")
    page.get_by_role("separator", name="Width of the list").press("End")
    page.get_by_label("More", exact=True).click()
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.locator(".climb")).to_contain_text("snoozed until")
    pane, button = (page.locator(place).bounding_box() for place in ("#talk-pane", ".folds"))
    assert pane
    assert button
    assert button["x"] + button["width"] <= pane["x"] + pane["width"]


def test_list_and_side_panel_are_shut_and_opened_and_stay_so(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp without its list")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("[")
    expect(page.locator("#list")).to_be_hidden()
    page.get_by_role("button", name="The customer").click()
    expect(page.locator("#side")).to_be_hidden()
    until(lambda: town.sql(PANES) == [({"shut": ["list", "side"]},)], "they are kept")
    page.reload()
    expect(page.locator("#talk-pane")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator("#side")).to_be_hidden()
    assert list(faults(page)) == []
    page.goto(f"{town.base}/c/open/")
    expect(page.locator("#list")).to_be_visible()
    page.go_back()
    page.keyboard.press("]")
    page.get_by_role("button", name="The list, there or not").click()
    expect(page.locator("#side")).to_be_visible()
    expect(page.locator("#list")).to_be_visible()


def test_on_a_phone_the_side_panel_has_an_address_and_back_leads_to_the_conversation(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp on a narrow desk")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.get_by_role("button", name="The customer").click()
    expect(page.locator("#side")).to_be_visible()
    assert page.url.endswith("/#side")
    assert list(faults(page)) == []
    page.go_back()
    expect(page.locator("#side")).to_be_hidden()
    expect(page.locator("#talk-pane")).to_be_visible()
    page.goto(page.url.split("#")[0] + "#side")
    expect(page.locator("#side")).to_be_visible()
    page.get_by_role("button", name="To the conversation").click()
    expect(page.locator("#side")).to_be_hidden()
    page.get_by_label("To the list").click()
    expect(page.locator("#list")).to_be_visible()
    page.go_back()
    expect(page.locator("#talk-pane")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()


def broken(route: Route) -> None:
    route.fulfill(status=500, body="<p>Broken</p>", content_type="text/html")


def test_a_conversation_that_does_not_come_leaves_the_one_before_and_is_tried_again(town: Town) -> None:
    town.post("A lamp that does not come")
    number = town.number_of("A lamp that does not come")
    page = town.sits("ada")
    page.route(f"**/c/open/{number}/", broken)  # also when it is read ahead
    town.arrives(page, "A lamp that is kept")
    page.get_by_label("Text of the reply").fill("Half a word")
    page.locator(".item-subj", has_text="A lamp that does not come").click()
    bar = page.locator("#talk-pane .failed")
    expect(bar).to_contain_text("Not loaded. What stands here is from")
    expect(page.locator(".talk-name")).to_have_text("A lamp that is kept")
    expect(page.get_by_label("Text of the reply")).to_have_value("Half a word")
    assert list(faults(page)) == []
    page.unroute(f"**/c/open/{number}/")
    bar.get_by_role("button", name="Try again").click()
    expect(page.locator(".talk-name")).to_have_text("A lamp that does not come")
    expect(bar).to_have_count(0)
    assert page.url.endswith(f"/c/open/{number}/")


def test_a_list_that_does_not_come_leaves_the_rows_there_were_and_is_tried_again(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp in an old list")
    number = town.number_of("A lamp in an old list")
    page.wait_for_selector("body[data-live=on]")
    page.goto(f"{town.base}/c/open/{number}/")
    rows = page.locator(".item[id]")
    expect(rows.first).to_be_visible()
    page.route("**/c/open/?chosen=*", lambda route: route.abort())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('otvet:list', { bubbles: true }))")
    bar = page.locator("#list .failed")
    expect(bar).to_be_visible()
    expect(rows.first).to_be_visible()
    page.unroute("**/c/open/?chosen=*")
    bar.get_by_role("button", name="Try again").click()
    expect(bar).to_have_count(0)
    expect(rows.first).to_be_visible()
    for window in town.windows:
        window.complaints = [said for said in window.complaints if "Failed to fetch" not in said]


def test_a_server_that_breaks_at_a_sending_takes_no_text_away(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a broken server")
    page.get_by_label("Text of the reply").fill("This is not lost")
    page.route("**/reply/", broken)
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".unsent")).to_contain_text("What you wrote is kept")
    expect(page.get_by_label("Text of the reply")).to_have_value("This is not lost")
    page.unroute("**/reply/")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="This is not lost")).to_have_count(1)


def test_what_could_not_be_loaded_without_a_network_comes_when_that_is_back(town: Town) -> None:
    town.post("A lamp behind the cut")
    number = town.number_of("A lamp behind the cut")
    page = town.arrives(town.sits("ada"), "A lamp before the cut")
    with town.without_network(page):
        page.locator(".item-subj", has_text="A lamp behind the cut").click()
        expect(page.locator("#talk-pane .failed")).to_be_visible()
        expect(page.locator(".talk-name")).to_have_text("A lamp before the cut")
        # As a network does that has just come back: it is there, and is not.
        page.route(f"**/c/open/{number}/", lambda route: route.abort(), times=1)
    expect(page.locator(".talk-name")).to_have_text("A lamp behind the cut")
    expect(page.locator(".failed")).to_have_count(0)


def test_what_takes_long_shows_its_shape_and_not_the_old_conversation(town: Town) -> None:
    town.post("A lamp that takes long")
    number = town.number_of("A lamp that takes long")
    page = town.arrives(town.sits("ada"), "A lamp before it")
    held: list[Route] = []
    page.route(f"**/c/open/{number}/", lambda route: held.append(route))
    page.locator(".item-subj", has_text="A lamp that takes long").click()
    expect(page.locator(".comes")).to_be_visible()
    expect(page.locator("#talk-pane")).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect(page.locator(".talk-name")).to_have_text("A lamp that takes long")
    expect(page.locator(".comes")).to_have_count(0)
    page.route("**/c/mine/", lambda route: held.append(route))
    page.locator(".rail a[data-place=mine]").click()
    expect(page.locator("#list > .comes .sk").first).to_be_visible()
    expect(page.locator("#list")).to_have_attribute("aria-busy", "true")
    held.pop().continue_()
    expect(page.locator("#list > .comes")).to_have_count(0)
    expect(page.locator(".list-head h1")).to_have_text("Mine")
