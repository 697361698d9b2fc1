"""A page that is left open does not lie: whose session ended is told so, and what one may not see any more says so."""

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.looks import faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
SEEN = """
SELECT r.seen_up_to = c.last_message FROM inbox_reading r JOIN inbox_conversation c ON c.id = r.conversation_id
JOIN inbox_agent a ON a.id = r.agent_id WHERE c.number = %s AND a.name = %s
"""
# As if another tab stood before this one; and this one again.
AWAY = "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
BACK = "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))"


def listens(page: Page) -> Page:
    page.wait_for_selector("body[data-live=on]")
    return page


def leaves_a_note(town: Town, number: int, words: str) -> None:
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("tab", name="Note").click()
    sam.get_by_label("Text of the note").fill(words)
    sam.get_by_role("button", name="Leave note").click()
    sam.wait_for_selector(".note")
    sam.close()


def test_whose_session_has_ended_keeps_what_he_sees_and_goes_on_when_he_is_signed_in_again(town: Town) -> None:
    page = listens(town.arrives(town.sits("max"), "A lamp that is left open"))
    page.get_by_label("Text of the reply").fill("Begun before the night")
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "otvet_session")
    (kept,) = town.sql("DELETE FROM django_session WHERE session_key = %s RETURNING *", key)
    bar = page.get_by_text("You are signed out.")
    expect(bar).to_be_visible(timeout=30_000)
    assert list(faults(page)) == []
    expect(page.get_by_role("link", name="Sign in again")).to_have_attribute("target", "_blank")
    page.locator(".composer .btn-main").first.click()
    expect(page.get_by_label("Text of the reply")).to_have_value("Begun before the night")
    expect(page.locator(".item-subj", has_text="A lamp that is left open")).to_be_visible()
    expect(page.locator(".item[data-gone]")).to_have_count(0)
    assert page.locator("h1", has_text="Sign in").count() == 0
    town.sql("INSERT INTO django_session VALUES (%s, %s, %s)", *kept)
    page.context.add_cookies([{"name": "otvet_session", "value": key, "url": town.base}])  # as signing in does
    expect(bar).to_be_hidden(timeout=30_000)
    listens(page)
    page.locator(".composer .btn-main").first.click()
    expect(page.locator(".msg-ours")).to_contain_text("Begun before the night")


def test_who_signed_in_again_elsewhere_meanwhile_sends_once_more_and_loses_nothing(town: Town) -> None:
    page = town.arrives(town.sits("sam"), "A lamp with an old token")
    page.get_by_label("Text of the reply").fill("Written before I signed in again.")
    page.evaluate(
        "document.body.dataset.csrf = 'x'.repeat(64);"
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((each) => { each.value = 'x'.repeat(64); })"
    )
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".unsent").first).to_contain_text("What you wrote is kept")
    expect(page.get_by_label("Text of the reply")).to_have_value("Written before I signed in again.")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="Written before I signed in again.")).to_have_count(1)


def test_what_one_may_not_see_any_more_says_so_in_its_place_and_the_text_stays(town: Town) -> None:
    page = listens(town.arrives(town.sits("max"), "A lamp that is passed on"))
    number = town.number_of("A lamp that is passed on")
    page.get_by_label("Text of the reply").fill("In the midst of a sent")
    his = "agent_id = (SELECT id FROM inbox_agent WHERE name = 'Max')"
    taken = town.sql(f"SELECT id, agent_id, team_id, role FROM inbox_membership WHERE {his}")
    town.sql(f"DELETE FROM inbox_membership WHERE {his}")
    try:
        page.evaluate(f"document.body.dispatchEvent(new CustomEvent('otvet:talk-{number}', {{ bubbles: true }}))")
        expect(page.locator("#talk-pane > .refused")).to_contain_text("You may not see this any more.")
        expect(page.get_by_label("Text of the reply")).to_have_value("In the midst of a sent")
        expect(page.locator("#talk-head h1")).to_have_text("A lamp that is passed on")
        page.locator(".composer .btn-main").first.click()
        expect(page.locator("#talk-pane > .refused")).to_have_count(1)
        expect(page.get_by_label("Text of the reply")).to_have_value("In the midst of a sent")
        assert page.url.endswith(f"/{number}/")
    finally:
        town.sql("INSERT INTO inbox_membership (id, agent_id, team_id, role) VALUES (%s, %s, %s, %s)", *taken[0])


def test_a_tab_that_nobody_looks_at_reads_nothing_until_he_comes_back(town: Town) -> None:
    page = listens(town.arrives(town.sits("ada"), "A lamp behind another tab"))
    number = town.number_of("A lamp behind another tab")
    until(lambda: town.sql(SEEN, number, "Ada") == [(True,)], "what she has before her is read")
    page.evaluate(AWAY)
    leaves_a_note(town, number, "While she is away")
    expect(page.locator("#thread .note", has_text="While she is away")).to_be_visible()
    assert town.sql(SEEN, number, "Ada") == [(False,)]
    page.evaluate(BACK)
    until(lambda: town.sql(SEEN, number, "Ada") == [(True,)], "she is back")


def test_who_is_named_in_what_he_looks_at_has_seen_it(town: Town) -> None:
    page = listens(town.arrives(town.sits("ada"), "A lamp she looks at"))
    number = town.number_of("A lamp she looks at")
    town.sql("UPDATE inbox_notice SET read_at = at WHERE read_at IS NULL")
    page.bring_to_front()
    leaves_a_note(town, number, "@ada, do you see it?")
    unseen = "SELECT 1 FROM inbox_notice n JOIN inbox_conversation c ON c.id = n.conversation_id WHERE c.number = %s"
    until(lambda: town.sql(unseen, number), "she is told")
    page.bring_to_front()
    until(lambda: not town.sql(unseen + " AND read_at IS NULL", number), "it is seen")
    expect(page.locator("#bell .bell-n")).to_have_count(0)


def test_what_was_searched_for_is_live(town: Town) -> None:
    town.post("A lamp searched for")
    number = town.number_of("A lamp searched for")
    page = listens(town.sits("ada", '/search/?q="lamp searched for" status:open'))
    row = page.locator(".item", has_text="A lamp searched for")
    row.hover()
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("button", name="Take it").click()
    expect(row.locator(".item-owner")).to_contain_text("S", timeout=15_000)
    sam.get_by_role("button", name="Solve").click()
    expect(row).to_have_attribute("data-gone", "", timeout=15_000)
    page.mouse.move(0, 0)
    town.post("Another lamp searched for")
    expect(page.locator(".item", has_text="Another lamp searched for")).to_be_visible(timeout=15_000)
