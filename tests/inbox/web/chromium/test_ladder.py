"""Who has it, and what becomes of it when time passes: routing, taking over, the ladder, boards, as people see it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
SWEPT = 40_000  # milliseconds: a sweep comes every 15 seconds, and the machine may be slow

# Time cannot be waited for: what was opened is said to have been opened so long ago.
LONG_AGO = """
WITH moved AS (
    UPDATE inbox_interval SET started_at = started_at - interval '21 hours'
    WHERE ended_at IS NULL AND conversation_id = (SELECT id FROM inbox_conversation WHERE number = %s))
UPDATE inbox_conversation SET opened_at = opened_at - interval '21 hours', look_at = opened_at WHERE number = %s
"""


@pytest.fixture
def ada_has_room(town: Town) -> Iterator[None]:
    # Whatever another test did to people's shifts: she alone is here, and has room.
    town.sql("DELETE FROM escalation_shift")
    town.sql("DELETE FROM escalation_roster")
    town.sql("UPDATE inbox_agent SET capacity = CASE WHEN name = 'Ada' THEN 500 ELSE 0 END")
    town.sql("UPDATE inbox_agent SET status = 'on_shift', away_since = NULL, on_shift_until = NULL")
    yield
    town.sql("UPDATE inbox_agent SET capacity = 0")


@pytest.fixture
def max_alone_on_the_top(town: Town) -> Iterator[None]:
    # Else it goes to whichever of the two has less to do, and that depends on what other tests left them.
    town.sql("UPDATE inbox_level SET deputy_id = NULL WHERE number = 2")
    yield
    town.sql("UPDATE inbox_level SET deputy_id = (SELECT id FROM inbox_agent WHERE name = 'Sam') WHERE number = 2")


def is_responsible(page: Page, name: str) -> None:
    expect(page.locator(".climb", has_text=f"{name} is responsible")).to_be_visible(timeout=SWEPT)


@pytest.mark.usefixtures("ada_has_room")
def test_what_is_new_is_given_to_who_has_room_and_the_page_says_why(town: Town) -> None:
    page = town.sits("ada", "/c/mine/")
    town.post("A lamp for whoever has room")
    expect(page.locator(".item-subj", has_text="A lamp for whoever has room")).to_be_visible(timeout=SWEPT)
    page.locator(".item-subj", has_text="A lamp for whoever has room").click()
    is_responsible(page, "Ada")
    reason = page.locator(".rungs:not(.rungs-ahead)")
    expect(reason).to_contain_text(re.compile("least to do|Had to do with this customer"))
    expect(page.locator(".climb")).to_contain_text("to level 2")


def test_a_supervisor_takes_over_while_somebody_writes_and_gives_back(town: Town) -> None:
    ada = town.arrives(town.sits("ada"), "A lamp taken over")
    ada.get_by_role("button", name="Take it").click()
    is_responsible(ada, "Ada")
    ada.get_by_label("Text of the reply").fill("Half a thought about lamps")
    kept = "SELECT text FROM inbox_draft WHERE starts_with(text, 'Half a thought')"
    until(lambda: town.sql(kept), "the draft is on the server")
    sam = town.sits("sam", ada.url.removeprefix(town.base))
    sam.get_by_role("button", name="Take over").click()
    is_responsible(sam, "Sam")
    expect(sam.locator(".note", has_text="Half a thought about lamps")).to_be_visible()
    is_responsible(ada, "Sam")
    sam.locator("summary", has_text="Give back").click()
    sam.get_by_label("Note for the next one").fill("She is calm now")
    sam.locator(".menu").get_by_role("button", name="Give back").click()
    is_responsible(sam, "Ada")
    expect(ada.locator(".handed")).to_contain_text("She is calm now", timeout=SWEPT)
    ada.get_by_role("button", name="Accept").click()
    expect(ada.locator(".handed")).to_have_count(0)


def test_passing_up_asks_for_what_is_missing_first(town: Town) -> None:
    topic = "INSERT INTO inbox_topic (name, collect) VALUES ('Returns', '[\"order number\"]') ON CONFLICT DO NOTHING"
    town.sql(topic)
    page = town.arrives(town.sits("ada"), "A lamp to pass up")
    page.get_by_role("button", name="Take it").click()
    is_responsible(page, "Ada")
    page.get_by_label("Topic").select_option("Returns")
    page.get_by_role("button", name="Set", exact=True).click()
    page.locator(".talk-head summary[title=More]").click()
    menu = page.locator("#menu")
    menu.get_by_label("Why").select_option("rights")
    menu.get_by_label("Note for the next one").fill("She wants her money back")
    menu.get_by_role("button", name="Pass up").click()
    expect(page.get_by_role("alert")).to_contain_text("order number")
    page.get_by_label("order number").fill("5512")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".collected", has_text="5512")).to_be_visible()
    page.locator(".talk-head summary[title=More]").click()
    menu.get_by_label("Why").select_option("rights")
    menu.get_by_label("Note for the next one").fill("She wants her money back")
    menu.get_by_role("button", name="Pass up").click()
    is_responsible(page, "Max")
    expect(page.locator(".climb")).to_contain_text("level 2")


@pytest.mark.usefixtures("max_alone_on_the_top")
def test_after_twenty_hours_it_is_on_the_top_and_the_boards_show_it_by_themselves(town: Town) -> None:
    top = town.sits("max", "/must-be-solved/")
    board = town.sits("sam", "/board/")
    page = town.arrives(town.sits("ada"), "A lamp that nobody solved")
    number = town.number_of("A lamp that nobody solved")
    town.sql(LONG_AGO, number, number)
    expect(top.locator(".must-card", has_text="A lamp that nobody solved")).to_be_visible(timeout=SWEPT)
    expect(board.locator(".must-card", has_text="A lamp that nobody solved")).to_be_visible(timeout=SWEPT)
    is_responsible(page, "Max")
    expect(page.locator(".ev", has_text="Its time was up")).to_be_visible()
    top.locator(".must-t a", has_text="A lamp that nobody solved").click()
    expect(top.get_by_role("button", name="Solve", exact=True)).to_be_visible()
    bell = town.sits("max", "/notices/")
    expect(bell.locator(".notices", has_text="A lamp that nobody solved")).to_be_visible()


def test_a_promise_is_made_in_one_click_and_stands_in_the_row(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp with a promise")
    page.get_by_role("button", name=re.compile("^Promised by")).click()
    expect(page.locator("#side .fact", has_text="promised by")).to_be_visible()
    row = page.locator(".item", has_text="A lamp with a promise")
    expect(row.locator(".fact", has_text="promised by")).to_be_visible(timeout=SWEPT)
