"""Where somebody went last is where he is, whatever comes later of where he was going before."""

import re

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium


def held(page: Page, address: str, header: str = "") -> list[Route]:
    """What is asked for there from now on, with this header where one is named; it waits until it is let go."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if not header or header in route.request.headers:
            waiting.append(route)
        else:
            route.continue_()

    page.route(f"**{address}", hold)
    return waiting


def let_go(page: Page, waiting: list[Route]) -> None:
    """All of these are answered, and the page has heard each answer."""
    until(lambda: page.title() and waiting, "it is asked for")
    for route in waiting:

        def is_that(answer: Response, route: Route = route) -> bool:
            return answer.request == route.request

        with page.expect_response(is_that) as came:
            route.continue_()
        came.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done))")


def leaves(page: Page, late: list[Route], one: str, other: str) -> None:
    """Open one conversation, and another before that has come, which comes then."""
    page.locator(".item-subj", has_text=one).click()
    until(lambda: page.title() and late, "it is asked for")
    page.locator(".item-subj", has_text=other).click()
    expect(page.locator(".talk-name")).to_have_text(other)
    let_go(page, late)


def test_of_two_conversations_the_one_that_was_opened_last_is_shown(town: Town) -> None:
    town.post("A lamp that was meant")
    meant = town.number_of("A lamp that was meant")
    town.post("A lamp that comes too late")
    number = town.number_of("A lamp that comes too late")
    page = town.sits("ada")
    late = held(page, f"/c/open/{number}/", "hx-request")
    town.arrives(page, "A lamp that is on the table")
    leaves(page, late, "A lamp that comes too late", "A lamp that was meant")
    expect(page.locator(".comes")).to_have_count(0)
    expect(page.locator(".talk-name")).to_have_text("A lamp that was meant")
    assert page.url == f"{town.base}/c/open/{meant}/"


def test_what_failed_to_come_is_no_trouble_any_more_where_one_went_elsewhere(town: Town) -> None:
    town.post("A lamp that comes instead")
    town.number_of("A lamp that comes instead")
    town.post("A lamp that breaks")
    number = town.number_of("A lamp that breaks")
    page = town.sits("ada")
    page.route(f"**/c/open/{number}/", lambda route: route.fulfill(status=500, body="<p>Broken</p>"))
    town.arrives(page, "A lamp that holds")
    page.locator(".item-subj", has_text="A lamp that breaks").click()
    expect(page.locator("#talk-pane .failed")).to_be_visible()
    page.locator(".item-subj", has_text="A lamp that comes instead").click()
    expect(page.locator(".talk-name")).to_have_text("A lamp that comes instead")
    expect(page.locator(".failed")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(re.compile(r"/c/open/(\?.*)?$")):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    assert not [url for url in asked if url.endswith(f"/{number}/")]


def test_who_goes_back_and_then_elsewhere_is_elsewhere(town: Town) -> None:
    page = town.sits("ada", "/c/queue/")
    page.wait_for_selector("body[data-live=on]")
    page.locator(".rail a[data-place=mine]").click()
    expect(page.locator(".list-head h1")).to_have_text("Mine")
    late = held(page, "/c/queue/", "hx-history-restore-request")
    page.go_back()
    until(lambda: page.title() and late, "the queue is asked for")
    page.locator(".rail a[data-place=open]").click()
    expect(page.locator(".list-head h1")).to_have_text("All open")
    let_go(page, late)
    expect(page.locator(".list-head h1")).to_have_text("All open")
    assert page.url == f"{town.base}/c/open/"


def test_what_a_part_asks_for_about_one_conversation_is_not_shown_over_another(town: Town) -> None:
    town.post("A lamp next to it")
    town.number_of("A lamp next to it")
    page = town.arrives(town.sits("ada"), "A lamp with a head")
    page.wait_for_selector("body[data-live=on]")
    number = town.number_of("A lamp with a head")
    late = held(page, f"/c/open/{number}/", "hx-request")
    page.evaluate("number => document.body.dispatchEvent(new CustomEvent('otvet:talk-' + number))", number)
    until(lambda: page.title() and late, "its head is asked for")
    page.locator(".item-subj", has_text="A lamp next to it").click()
    expect(page.locator(".talk-name")).to_have_text("A lamp next to it")
    let_go(page, late)
    expect(page.locator(".talk-name")).to_have_text("A lamp next to it")


def test_an_act_that_is_done_where_one_is_no_more_leads_nowhere_and_what_was_never_shown_is_not_read(
    town: Town,
) -> None:
    town.post("A lamp to go on with")
    town.number_of("A lamp to go on with")
    page = town.arrives(town.sits("ada"), "A lamp that is answered slowly")
    page.wait_for_selector("body[data-live=on]")
    number = town.number_of("A lamp that is answered slowly")
    late = held(page, f"/c/open/{number}/reply/")
    page.get_by_label("Text of the reply").fill("A new one is on its way.")
    page.get_by_role("button", name="Send and wait").click()
    until(lambda: page.title() and late, "it is being sent")
    page.locator(".item-subj", has_text="A lamp to go on with").click()
    expect(page.locator(".talk-name")).to_have_text("A lamp to go on with")
    page.get_by_label("Text of the reply").fill("Half a word")
    let_go(page, late)
    until(lambda: town.sql("SELECT 1 FROM inbox_message WHERE reply_text = 'A new one is on its way.'"), "it is said")
    expect(page.locator(".item", has_text="A lamp that is answered slowly")).to_have_attribute("data-gone", "")
    expect(page.locator(".talk-name")).to_have_text("A lamp to go on with")
    expect(page.get_by_label("Text of the reply")).to_have_value("Half a word")


READ = """
SELECT seen_up_to FROM inbox_reading r JOIN inbox_conversation c ON c.id = r.conversation_id
JOIN inbox_agent a ON a.id = r.agent_id WHERE c.number = %s AND a.name = 'Ada'
"""


def test_what_was_left_before_it_came_has_not_been_read(town: Town) -> None:
    town.post("A lamp for the one who stays")
    town.number_of("A lamp for the one who stays")
    town.post("A lamp that nobody looked at")
    number = town.number_of("A lamp that nobody looked at")
    page = town.sits("ada")
    late = held(page, f"/c/open/{number}/", "hx-request")
    town.arrives(page, "A lamp to begin with")
    leaves(page, late, "A lamp that nobody looked at", "A lamp for the one who stays")
    assert town.sql(READ, number) == []
    page.unroute_all()
    page.locator(".item-subj", has_text="A lamp that nobody looked at").click()
    until(lambda: page.title() and town.sql(READ, number), "it is read")
