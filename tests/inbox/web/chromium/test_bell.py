"""What one is told rings in one window of several, on the desktop and with a sound, and a click opens it."""

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium

# What lives outside of the page: the desktop, and whoever sits before it and is asked. It writes down what it was told.
DESKTOP = """
window.shown = []; window.asked = 0; window.played = 0;
window.Notification = class extends EventTarget {
  constructor(title, about) { super(); window.shown.push({ title, ...about }); window.last = this; }
  close() {}
  static get permission() { return localStorage.getItem("desktop") || "default"; }
  static async requestPermission() { window.asked += 1; localStorage.setItem("desktop", "granted"); return "granted"; }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.played += 1; return start.call(this, at); };
"""


def sits(town: Town, path: str) -> Page:
    page = town.sits("ada")
    page.add_init_script(DESKTOP)
    page.goto(town.base + path)
    page.wait_for_selector("body[data-live=on]")
    return page


def works(town: Town, name: str, *, status: str = "on_shift") -> None:
    town.sql("UPDATE inbox_agent SET status = %s, away_since = NULL WHERE email LIKE %s", status, f"{name}%")
    town.sql("UPDATE inbox_notice SET read_at = at WHERE read_at IS NULL")


def names_ada(town: Town, number: int, words: str) -> None:
    """Sam names her in a note."""
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("tab", name="Note").click()
    sam.get_by_label("Text of the note").fill(words)
    sam.get_by_role("button", name="Leave note").click()
    sam.wait_for_selector(".note")


def shown(pages: list[Page]) -> list[dict[str, str]]:
    return [each for page in pages for each in page.evaluate("window.shown")]


def test_the_browser_is_asked_only_when_somebody_presses_the_button(town: Town) -> None:
    page = sits(town, "/me/")
    page.get_by_label("With a sound").check()
    page.locator("#notices-own").get_by_role("button", name="Save").click()
    page.wait_for_selector("body[data-sound]")
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Hear it").click()
    assert page.evaluate("window.played") == 2
    expect(page.locator("#desktop")).to_contain_text("shows no notices outside")
    page.get_by_role("button", name="Show them on my desktop, too").click()
    expect(page.locator("#desktop")).to_contain_text("shows notices on your desktop")
    assert page.evaluate("window.asked") == 1
    expect(page.get_by_role("button", name="Show them on my desktop, too")).to_be_hidden()


def test_of_two_windows_one_rings_both_bells_count_and_a_click_opens_it(town: Town) -> None:
    works(town, "ada")
    town.post("A lamp that rings")
    number = town.number_of("A lamp that rings")
    pages = [sits(town, "/c/mine/"), sits(town, "/c/pending/")]
    for page in pages:
        page.evaluate("localStorage.setItem('desktop', 'granted')")
    names_ada(town, number, "@ada, do you know this lamp?")
    until(lambda: len(shown(pages)) == 1, "one of them rings")
    for page in pages:
        expect(page.locator("#bell")).to_contain_text("Notices, not seen: 1")
    first = next(page for page in pages if page.evaluate("window.shown.length"))
    assert shown(pages)[0]["title"] == "You are named in a note: Sam"
    assert f"#{number} A lamp that rings" in shown(pages)[0]["body"]
    first.evaluate("window.last.dispatchEvent(new Event('click'))")
    first.wait_for_url(f"**/c/mine/{number}/")
    other = pages[1 - pages.index(first)]
    expect(other.locator("#bell .bell-n")).to_have_count(0)
    assert len(other.evaluate("window.shown")) == 0


def test_when_the_window_that_rings_is_closed_the_next_one_rings(town: Town) -> None:
    works(town, "ada")
    town.post("A lamp for the second window")
    number = town.number_of("A lamp for the second window")
    first, second = sits(town, "/c/mine/"), sits(town, "/c/pending/")
    second.evaluate("localStorage.setItem('desktop', 'granted')")
    first.close()
    names_ada(town, number, "@ada, and this one?")
    until(lambda: len(shown([second])) == 1, "the other one rings")
    assert second.evaluate("window.played") == 2


def test_off_shift_nothing_rings_and_the_bell_counts_all_the_same(town: Town) -> None:
    works(town, "ada", status="off")
    town.post("A lamp at night")
    number = town.number_of("A lamp at night")
    page = sits(town, "/c/mine/")
    page.evaluate("localStorage.setItem('desktop', 'granted')")
    names_ada(town, number, "@ada, tomorrow?")
    expect(page.locator("#bell")).to_contain_text("Notices, not seen: 1")
    assert shown([page]) == []
    page.goto(f"{town.base}/notices/")
    page.get_by_role("button", name="Seen: you are named in a note").click()
    expect(page.locator("#bell .bell-n")).to_have_count(0)
    works(town, "ada")


def test_on_a_phone_the_way_to_ones_own_page_shows_the_same_number(town: Town) -> None:
    town.post("A lamp on a phone")
    number = town.number_of("A lamp on a phone")
    page = sits(town, "/c/mine/")
    page.set_viewport_size({"width": 390, "height": 844})
    names_ada(town, number, "@ada, on the way?")
    expect(page.locator(".dock [data-bell]")).to_have_text("1")
    page.get_by_role("link", name="Me", exact=True).click()
    page.locator(".places").get_by_role("link", name="Notices").click()
    expect(page.locator(".notices [data-unread]")).to_have_count(1)
    page.get_by_role("button", name="All seen").click()
    expect(page.locator(".dock [data-bell]")).to_be_hidden()
