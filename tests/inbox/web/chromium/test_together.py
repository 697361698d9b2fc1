"""Two people before one desk: each sees what the other does, nothing moves under a cursor, a network may be gone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium


def listens(page: Page) -> Page:
    page.wait_for_selector("body[data-live=on]")
    return page


def test_who_looks_at_it_is_shown_in_the_list_and_over_the_thread_until_he_goes(town: Town) -> None:
    ada = town.arrives(town.sits("ada"), "A lamp that two look at")
    number = town.number_of("A lamp that two look at")
    listens(ada)
    sam = listens(town.sits("sam", f"/c/open/{number}/"))
    over, row = (ada.locator(f"{where} [data-beside='{number}']") for where in ("#talk-head", ".item"))
    expect(over).to_have_text("Sam is looking")
    expect(row).to_have_text("Sam is looking")
    expect(sam.locator("#talk-head [data-beside]")).to_have_text("Ada is looking")
    expect(ada.locator("#announce")).to_have_text("Sam is looking")
    sam.goto(f"{town.base}/c/open/")
    expect(over).to_be_hidden()
    expect(row).to_be_hidden()


def test_who_writes_is_shown_in_place_of_the_preview_until_he_stops(town: Town) -> None:
    ada = town.arrives(town.sits("ada"), "A lamp that one writes of")
    number = town.number_of("A lamp that one writes of")
    listens(ada)
    sam = listens(town.sits("sam", f"/c/open/{number}/"))
    sam.get_by_label("Text of the reply").press_sequentially("Which lamp")
    row = ada.locator(".item", has_text="A lamp that one writes of")
    expect(row.locator("[data-beside]")).to_have_text(re.compile("Sam is writing"))
    expect(row.get_by_text("The lamp arrived broken.")).to_be_hidden()
    expect(ada.locator("#talk-head [data-beside]")).to_have_text(re.compile("Sam is writing"))
    sam.get_by_label("Text of the reply").fill("")
    expect(row.locator("[data-beside]")).to_have_text("Sam is looking")
    expect(row.get_by_text("The lamp arrived broken.")).to_be_visible()


def test_a_browser_that_is_killed_is_not_beside_anybody(town: Town) -> None:
    ada = town.arrives(town.sits("ada"), "A lamp of one who vanishes")
    number = town.number_of("A lamp of one who vanishes")
    listens(ada)
    context = town.whole_browser.new_context(storage_state=town.sits("sam").context.storage_state())
    sam = context.new_page()
    sam.goto(f"{town.base}/c/open/{number}/")
    over = ada.locator("#talk-head [data-beside]")
    expect(over).to_have_text("Sam is looking")
    # His machine has lost its network: no page of his can say that he goes.
    context.set_offline(True)
    context.close()
    expect(over).to_be_hidden(timeout=20_000)


def test_an_owner_and_a_state_that_change_are_seen_by_the_colleague(town: Town) -> None:
    ada = listens(town.arrives(town.sits("ada"), "A lamp seen from two desks"))
    sam = listens(town.sits("sam", ada.url.removeprefix(town.base)))
    sam.get_by_role("button", name="Take it").click()
    expect(ada.get_by_text("Sam is responsible")).to_be_visible()
    sam.get_by_role("button", name="Solve").click()
    expect(ada.locator(".climb", has_text="solved")).to_be_visible()


def test_two_who_take_it_at_once_both_see_who_has_it(town: Town) -> None:
    ada = town.arrives(town.sits("ada"), "A lamp that two take")
    sam = town.sits("sam", ada.url.removeprefix(town.base))
    ada.evaluate("document.querySelector('form[action$=\"/take/\"] button').click()")
    sam.evaluate("document.querySelector('form[action$=\"/take/\"] button').click()")
    responsible = re.compile("(Ada|Sam) is responsible")
    for page in (ada, sam):
        expect(page.locator(".climb")).to_contain_text(responsible)
    until(
        lambda: ada.locator(".climb .medium").inner_text() == sam.locator(".climb .medium").inner_text(), "they agree"
    )


def test_nothing_moves_under_the_cursor_and_what_is_new_waits_behind_a_button(town: Town) -> None:
    for n in range(2):
        town.post(f"A lamp that stays {n}")
        town.number_of(f"A lamp that stays {n}")
    page = listens(town.sits("ada", "/c/open/"))
    row = page.locator(".item", has_text="A lamp that stays 0")
    row.hover()
    before = page.locator(".item-subj").all_inner_texts()
    town.post("A lamp that waits above")
    button = page.get_by_role("button", name="1 new")
    expect(button).to_be_visible(timeout=15_000)
    assert page.locator(".item-subj").all_inner_texts() == before
    expect(page.locator("#announce")).to_have_text("1 new in the list")
    page.keyboard.press("f")
    first = page.locator(".list .item").first
    expect(first).to_contain_text("A lamp that waits above")
    expect(first.locator(".item-body")).to_be_focused()
    expect(button).to_be_hidden()


def test_a_row_under_the_cursor_changes_in_its_place_and_one_that_went_is_marked(town: Town) -> None:
    for subject in ("A lamp that is solved elsewhere", "A lamp above it"):
        town.post(subject)
        town.number_of(subject)
    page = listens(town.sits("ada", "/c/open/"))
    row = page.locator(".item", has_text="A lamp that is solved elsewhere")
    row.hover()
    before = page.locator(".item-subj").all_inner_texts()
    sam = town.sits("sam", f"/c/open/{town.number_of('A lamp that is solved elsewhere')}/")
    sam.get_by_role("button", name="Take it").click()
    expect(row.locator(".item-owner")).to_contain_text("S", timeout=15_000)
    sam.get_by_role("button", name="Solve").click()
    expect(row).to_have_attribute("data-gone", "", timeout=15_000)
    assert page.locator(".item-subj").all_inner_texts() == before


def test_the_last_row_under_the_cursor_is_marked_when_it_goes(town: Town) -> None:
    town.post("A lamp alone in its view")
    number = town.number_of("A lamp alone in its view")
    made = town.sql(
        'INSERT INTO inbox_savedview (name, query, owner_id, "order", facts, counted, position, changed_at)'
        " SELECT 'Alone', '\"A lamp alone in its view\" status:open', id, 'newest', '{}', true, 0, now()"
        " FROM inbox_agent WHERE name = 'Ada' RETURNING id"
    )
    page = listens(town.sits("ada", f"/c/v{made[0][0]}/"))
    row = page.locator(".item", has_text="A lamp alone in its view")
    row.hover()
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("button", name="Solve").click()
    expect(row).to_have_attribute("data-gone", "", timeout=15_000)


def test_a_page_whose_network_was_gone_catches_up_without_reload(town: Town) -> None:
    page = town.sits("ada", "/c/open/")
    listens(page)
    page.evaluate("document.body.dataset.mark = 'the same page'")
    with town.without_network(page):
        town.post("A lamp while nobody heard")
        town.number_of("A lamp while nobody heard")
    expect(page.locator(".item-subj", has_text="A lamp while nobody heard")).to_be_visible(timeout=15_000)
    listens(page)
    town.post("A lamp after that")
    expect(page.locator(".item-subj", has_text="A lamp after that")).to_be_visible(timeout=15_000)
    assert page.evaluate("document.body.dataset.mark") == "the same page"
