"""The page of a customer in a real browser: what is written there first, over a line that breaks."""

import pytest
from playwright.sync_api import Route, expect

from tests.inbox.web.chromium.looks import faults
from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium


def test_a_first_mail_whose_answer_was_lost_says_so_and_goes_out_once(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to be written about")
    page.locator("#side .pane-title a").click()
    page.get_by_label("Why we write first").fill("A recall")
    page.get_by_label("Subject", exact=True).fill("Your lamp is called back")
    page.get_by_label("Text", exact=True).fill("Please do not switch it on.")
    taken: list[Route] = []

    def loses_the_answer(route: Route) -> None:
        if not taken:
            route.fetch(max_redirects=0)
        taken.append(route)
        route.abort()

    page.route("**/write/", loses_the_answer)
    page.get_by_role("button", name="Send").click()
    bar = page.locator(".unsent")
    expect(bar).to_contain_text("What you wrote is kept")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Please do not switch it on.")
    assert list(faults(page)) == []
    page.get_by_role("button", name="Send").click()
    expect(bar).to_have_count(1)
    page.unroute("**/write/")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("This was sent already, and is not sent again.")).to_be_visible()
    expect(bar).to_have_count(0)
    made = "SELECT count(*) FROM inbox_conversation WHERE subject = 'Your lamp is called back'"
    assert town.sql(made) == [(1,)]
    for window in town.windows:
        window.complaints = [said for said in window.complaints if "Failed to fetch" not in said]
