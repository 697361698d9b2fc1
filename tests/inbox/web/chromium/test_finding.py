"""Finding: while one types, by words and terms, with what was found marked."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium


def test_what_is_typed_is_looked_for_at_once_and_marked(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to be found", text="The third bulb of it is cracked.")
    town.arrives(page, "Another to stay open")
    row, field = page.locator(".item", has_text="A lamp to be found"), page.locator("#find")
    entries = page.evaluate("history.length")
    page.locator("body").press("/")
    page.keyboard.type("bulbs from:carla", delay=60)
    expect(row.locator("mark")).to_have_text(["Carla", "bulb"])
    expect(page).to_have_title(re.compile("Another to stay open"))
    expect(page.locator(".talk-name")).to_have_text("Another to stay open")
    expect(page.locator(".rail [aria-current]")).to_have_count(0)
    expect(field).to_be_focused()
    page.keyboard.type(" -from:carla")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    expect(field).to_have_value("bulbs from:carla -from:carla")
    field.fill("bulbs before:lately")
    expect(page.get_by_role("alert")).to_contain_text("“lately” is no date")
    field.fill("bulbs")
    expect(row).to_be_visible()
    assert page.evaluate("history.length") == entries + 1
    page.wait_for_url("**/c/q=bulbs/*/")
    page.reload()
    expect(field).to_have_value("bulbs")
    page.go_back()
    expect(page.get_by_role("heading", name="All open")).to_be_visible()
    expect(page.locator(".talk-name")).to_have_text("Another to stay open")


def test_what_was_asked_before_is_given_up_and_a_page_without_a_list_gives_way(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A candle of tallow", text="It smells.")
    field = page.locator("#find")
    held: list[Route] = []
    page.route("**/search/?q=candle+wax", lambda route: held.append(route))
    with page.expect_request("**/search/?q=candle+wax"):
        field.fill("candle wax")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("wax")):
        field.fill("candle tallow")
    held[0].abort()
    expect(page.locator(".item-subj")).to_have_text(["A candle of tallow"])
    page.goto(f"{town.base}/me/")
    field.focus()
    page.keyboard.type("candle tallow")
    expect(page.locator(".item-subj")).to_have_text(["A candle of tallow"])
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("o")
    expect(page.locator(".talk-name")).to_have_text("A candle of tallow")


def test_a_search_is_kept_whatever_is_opened_and_done_beside_it(town: Town) -> None:
    for subject in ("Beeswax below", "Beeswax above", "Another beside beeswax"):
        town.post(subject, text="Carla says no more.")
        town.number_of(subject)
    below, above = town.number_of("Beeswax below"), town.number_of("Beeswax above")
    beside = town.number_of("Another beside beeswax")
    page = town.sits("ada", f"/c/open/{beside}/")
    heading, rows = page.get_by_role("heading", name="Found for “beeswax -another”"), page.locator(".item-subj")
    page.locator("#find").fill("beeswax -another")
    expect(heading).to_be_visible()
    page.wait_for_url(f"**/c/q=beeswax%20-another/{beside}/")
    page.get_by_role("button", name="Take it").click()
    expect(page.locator(".climb")).to_contain_text("Ada is responsible")
    expect(heading).to_be_visible()
    page.locator(".item-body").first.focus()
    page.keyboard.press("o")
    page.wait_for_url(f"**/c/q=beeswax%20-another/{above}/")
    page.reload()
    expect(rows).to_have_text(["Beeswax above", "Beeswax below"])
    page.locator("body").press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/c/q=beeswax%20-another/{below}/")
    expect(page.locator(".talk-name")).to_have_text("Beeswax below")
    page.get_by_role("button", name="Solve").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile(f"/c/q=beeswax%20-another/{below}/$"))
    for subject in ("Beeswax above", "Another beside beeswax", "Another beside beeswax"):
        page.go_back()
        expect(page.locator(".talk-name")).to_have_text(subject)
    expect(page.get_by_role("heading", name="All open")).to_be_visible()
    expect(page.locator("#find")).to_have_value("")


def test_what_was_loaded_of_a_list_stays_where_it_is_after_an_act(town: Town) -> None:
    for n in range(64):
        town.post(f"Lantern of many {n}")
    count = "SELECT count(*) FROM inbox_conversation WHERE starts_with(subject, 'Lantern of many')"
    until(lambda: town.sql(count) == [(64,)], "all have arrived")
    page = town.sits("ada", '/search/?q="lantern of many"')
    rows, row = page.locator(".item"), page.locator(".item").nth(61)
    for loaded in (30, 60, 64):
        expect(rows).to_have_count(loaded)
        rows.last.scroll_into_view_if_needed()
    row.locator(".item-body").click()
    expect(row).to_have_attribute("aria-current", "true")
    top = "document.querySelector('#list-scroll').scrollTop"
    before = page.evaluate(top)
    for name, after in (("Take it", "Ada is responsible"), ("Solve", "solved")):
        page.get_by_role("button", name=name).click()
        expect(page.locator(".talk-head")).to_contain_text(after)
        expect(rows).to_have_count(64)
        assert page.evaluate(top) == before
    expect(row).to_contain_text("solved")
    page.keyboard.press("Shift+A")  # they are done with: the other tests of this town count what is open
    expect(page.locator("#ticked")).to_have_text("64 ticked")
    page.locator("#bulk").get_by_role("button", name="Solve").click()
    expect(page.locator("#bulk-state")).to_contain_text("63 of 64 done")
    page.locator("#bulk-state").get_by_role("button", name="Close").click()
    until(lambda: town.sql(f"{count} AND state = 'open'") == [(0,)], "they are solved")


def test_what_may_be_typed_is_told_where_nothing_is_typed_yet(town: Town) -> None:
    page = town.sits("ada", "/search/")
    expect(page.get_by_text("has:attachment")).to_be_visible()
    expect(page.get_by_role("heading", name="Find")).to_be_visible()
