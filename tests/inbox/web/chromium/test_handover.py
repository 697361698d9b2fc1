"""The end of a shift, between two people: what needed the first is the second's, and he knows all of it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
ADA = "(SELECT id FROM inbox_agent WHERE email = 'ada@demo.test')"
DUE = (
    f"INSERT INTO escalation_roster (agent_id, due_at, moves) VALUES ({ADA}, now(), '') "
    "ON CONFLICT (agent_id) DO UPDATE SET due_at = now()"
)


@pytest.fixture
def shift(town: Town) -> Iterator[None]:
    """Ada has a shift that ends in ten minutes; what comes in is hers, for nobody else has room."""
    town.sql("UPDATE inbox_agent SET capacity = CASE WHEN email = 'ada@demo.test' THEN 100 ELSE 0 END")
    town.sql(
        "INSERT INTO escalation_change (agent_id, kind, starts_at, ends_at, reason, uid, at)"
        f" VALUES ({ADA}, 'extra', now() - interval '1 hour', now() + interval '10 minutes', '', '', now())"
    )
    town.sql(f"UPDATE inbox_agent SET seen_at = now() WHERE id = {ADA}")
    yield
    town.sql("DELETE FROM escalation_change")
    town.sql("UPDATE inbox_agent SET capacity = 0")
    ada = town.sits("ada", "/me/")
    says(ada, "I am on shift")
    expect(ada.locator(".presence")).to_have_text("on shift")


def says(page: Page, what: str) -> None:
    page.locator(".rail-foot summary").click()
    page.locator(".rail-foot").get_by_role("button", name=what).click()


def owner_of(town: Town, number: int) -> str:
    found = "SELECT a.name FROM inbox_conversation c JOIN inbox_agent a ON a.id = c.owner_id WHERE number = %s"
    return "".join(str(name) for (name,) in town.sql(found, number))


def test_a_shift_ends_and_the_next_one_knows_everything(town: Town, shift: None) -> None:
    town.post("A lamp at the end of the day")
    number = town.number_of("A lamp at the end of the day")
    until(lambda: owner_of(town, number) == "Ada", "routing gave it to Ada")
    town.sql("UPDATE inbox_agent SET capacity = 100 WHERE email = 'sam@demo.test'")
    town.sql(DUE)
    found = f"SELECT 1 FROM escalation_proposal WHERE agent_id = {ADA}"
    until(lambda: bool(town.sql(found)), "her list is made")

    ada = town.sits("ada", "/handover/")
    expect(ada.get_by_role("heading", level=1)).to_contain_text("The shift ends at")
    expect(ada.locator(".presence")).to_contain_text("on shift until")
    row = ada.locator(".ho-row", has_text="A lamp at the end of the day")
    row.get_by_role("combobox").select_option(label=sams_choice(row.get_by_role("combobox").inner_text()))
    row.get_by_role("textbox").fill("She waits for a call at six.")
    ada.get_by_role("button", name="Save").click()
    expect(row.get_by_text("has a note")).to_be_visible()

    town.sql("UPDATE escalation_change SET ends_at = now()")
    town.sql(DUE)
    until(lambda: owner_of(town, number) == "Sam", "it is Sam's")
    ada.reload()
    expect(ada.locator(".presence")).to_have_text("off")
    expect(ada.get_by_text("there is nothing to hand over")).to_be_visible()

    sam = town.sits("sam", f"/c/mine/{number}/")
    expect(sam.locator(".handed")).to_contain_text("Shift end")
    expect(sam.locator(".handed")).to_contain_text("She waits for a call at six.")
    expect(sam.locator("#thread")).to_contain_text("The shift ended: Sam has it now")
    sam.get_by_role("button", name="Accept").click()
    expect(sam.locator(".handed")).to_have_count(0)
    assert town.sql("SELECT 1 FROM inbox_interval WHERE began_by = 'shift_end' AND accepted_at IS NOT NULL")


def sams_choice(choices: str) -> str:
    """What the list calls him: with how much he has, and may have."""
    found = re.search(r"Sam, \d+ of 100", choices)
    assert found, choices
    return found[0]


def test_keys_tell_that_somebody_is_here_and_the_page_by_itself_does_not(town: Town) -> None:
    seen = "SELECT seen_at IS NOT NULL FROM inbox_agent WHERE email = 'max@demo.test'"
    town.sits("max").close()
    town.sql("UPDATE inbox_agent SET seen_at = NULL WHERE email = 'max@demo.test'")  # his signing in was an act
    max_ = town.sits("max", "/shifts/")
    town.post("A lamp while nobody is here")
    town.number_of("A lamp while nobody is here")
    max_.wait_for_timeout(1500)
    assert town.sql(seen) == [(False,)]
    with max_.expect_response("**/seen/"):
        max_.keyboard.press("Tab")
    assert town.sql(seen) == [(True,)]
