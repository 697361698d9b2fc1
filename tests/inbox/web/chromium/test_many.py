"""Many conversations at once: ticked by pointer and by key, done by a worker, put back; and lists that are kept."""

import pytest
from playwright.sync_api import Page, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium


def lanterns(town: Town, name: str, count: int) -> Page:
    """So many conversations of this name, in a page of ada's that shows them alone.

    The other tests of this town write of lamps: a search for those by stem would find theirs, too.
    """
    for n in range(count):
        town.post(f"{name} {n}")
    for n in range(count):
        town.number_of(f"{name} {n}")
    page = town.sits("ada", f'/search/?q="{name}"')
    expect(page.locator(".item")).to_have_count(count)
    return page


def state_of(town: Town, subject: str) -> object:
    return town.sql("SELECT state FROM inbox_conversation WHERE subject = %s", subject)[0][0]


def test_rows_are_ticked_by_pointer_solved_and_put_back(town: Town) -> None:
    page = lanterns(town, "Lanterns by pointer", 4)
    first, last = page.locator(".item").first, page.locator(".item").nth(2)
    first.hover()
    expect(first.locator(".item-tick")).to_have_css("opacity", "1")
    first.locator(".item-coin").click()
    expect(page.locator("#ticked")).to_have_text("1 ticked")
    last.locator(".item-coin").click(modifiers=["Shift"])
    expect(page.locator("#ticked")).to_have_text("3 ticked")
    expect(page.get_by_role("link", name="Keep it as a view")).to_be_hidden()
    page.locator("#bulk").get_by_role("button", name="Solve").click()
    expect(page.locator("#bulk-state")).to_contain_text("3 of 3 done")
    expect(page.locator("#bulk")).to_be_hidden()
    assert [state_of(town, f"Lanterns by pointer {n}") for n in range(4)] == ["open", "solved", "solved", "solved"]
    page.get_by_role("button", name="Put back").click()
    expect(page.locator("#bulk-state")).to_contain_text("3 of 3 put back")
    assert state_of(town, "Lanterns by pointer 3") == "open"
    page.locator("#bulk-state").get_by_role("button", name="Close").click()
    expect(page.locator("#bulk-state")).to_be_hidden()


def test_rows_are_ticked_tagged_and_left_by_keys_alone(town: Town) -> None:
    page = lanterns(town, "Lanterns by key", 5)
    page.locator("body").click(position={"x": 5, "y": 5})
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("#ticked")).to_have_text("3 ticked")
    expect(page.locator("#announce")).to_have_text("3 ticked")
    page.keyboard.press("l")
    expect(page.locator("#bulk [name=tags]")).to_be_focused()
    page.keyboard.type("delivery")
    page.locator("#bulk").get_by_role("button", name="Tag", exact=True).press("Enter")
    expect(page.locator("#bulk-state")).to_contain_text("Tag “delivery”: 3 of 3 done")
    expect(page.locator(".item .tagx", has_text="delivery")).to_have_count(3)
    page.locator(".item-body").first.focus()
    page.keyboard.press("x")
    expect(page.locator("#ticked")).to_have_text("1 ticked")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_enter_in_a_menu_presses_its_own_button_and_takes_nothing(town: Town) -> None:
    page = lanterns(town, "Lanterns by Enter", 2)
    first, row, report = page.locator(".item-coin").first, page.locator(".item").first, page.locator("#bulk-state")
    first.click()
    page.keyboard.press("Enter")  # on the box of a row
    page.keyboard.press("Control+Enter")
    page.keyboard.press("l")
    expect(page.locator("#bulk [name=tags]")).to_be_focused()
    page.keyboard.type("delivery")
    page.keyboard.press("Enter")
    expect(report).to_contain_text("Tag “delivery”: 1 of 1 done")
    first.click()
    page.keyboard.press("s")
    expect(page.locator("#bulk [name=snooze]")).to_be_focused()
    page.locator("#bulk [name=snooze]").fill("2037-01-01T12:00")
    page.keyboard.press("Enter")
    expect(report).to_contain_text("Snooze: 1 of 1 done")
    expect(row).to_contain_text("2037")
    first.click()
    page.keyboard.press("s")
    page.locator("#bulk").get_by_role("button", name="Tomorrow").click()
    expect(row).not_to_contain_text("2037")
    first.click()
    page.keyboard.press("a")
    expect(page.locator("#bulk [name=to]")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#bulk [name=note]").fill("You know lamps.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say why you pass it on.")
    done = (
        "SELECT b.verb FROM inbox_bulk b JOIN inbox_bulkrow r ON r.bulk_id = b.id"
        " JOIN inbox_conversation c ON c.id = r.conversation_id"
        " WHERE starts_with(c.subject, 'Lanterns by Enter') ORDER BY b.id"
    )
    assert town.sql(done) == [("tag",), ("snooze",), ("snooze",)]


def test_all_that_match_are_meant_however_many_are_shown(town: Town) -> None:
    page = lanterns(town, "Lanterns beyond a page", 3)
    page.goto(f"{town.base}/c/queue/")
    page.keyboard.press("Shift+A")
    count = town.sql("SELECT count(*) FROM inbox_conversation WHERE state = 'open' AND owner_id IS NULL")[0][0]
    expect(page.locator("#ticked")).to_have_text(f"{count} ticked")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to anything").fill("take")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Take it")
    page.keyboard.press("Enter")
    expect(page.locator("#bulk-state")).to_contain_text(f"{count} of {count} done")
    expect(page.locator(".item-tick:checked")).to_have_count(0)
    taken = "SELECT count(*) FROM inbox_conversation WHERE state = 'open' AND owner_id IS NOT NULL"
    assert int(str(town.sql(taken)[0][0])) >= int(str(count))
    page.get_by_role("button", name="Put back").click()
    expect(page.locator("#bulk-state")).to_contain_text(f"{count} of {count} put back")


def test_what_is_ticked_stays_so_while_the_list_changes_and_what_failed_is_linked(town: Town) -> None:
    page = lanterns(town, "Lanterns that move", 2)
    number = town.number_of("Lanterns that move 0")
    page.goto(f"{town.base}/c/open/")
    for n in (0, 1):
        page.locator(".item", has_text=f"Lanterns that move {n}").locator(".item-coin").click()
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("button", name="Take it").click()
    expect(sam.locator(".climb")).to_contain_text("Sam is responsible")
    town.post("A lamp that comes meanwhile")
    expect(page.locator("#fresh")).to_have_text("1 new")
    expect(page.locator("#ticked")).to_have_text("2 ticked")
    page.keyboard.press("t")
    report = page.locator("#bulk-state")
    expect(report).to_contain_text("1 of 2 done")
    expect(report).to_contain_text("Somebody was quicker")
    report.get_by_role("link", name=f"#{number}").click()
    page.wait_for_url(f"**/c/open/{number}/")


def test_a_refusal_keeps_what_was_typed(town: Town) -> None:
    page = lanterns(town, "Lanterns to pass on", 2)
    page.locator(".item-coin").first.click()
    page.keyboard.press("a")
    expect(page.locator("#bulk select[name=to]")).to_be_focused()
    expect(page.locator("#tick-all")).to_be_visible()
    page.locator("#bulk [name=note]").fill("You know lamps.")
    page.locator("#bulk").get_by_role("button", name="Pass on", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Say why you pass it on.")
    expect(page.locator("#bulk [name=note]")).to_have_value("You know lamps.")
    page.locator("#bulk [name=reason]").select_option("knowledge")
    page.locator("#bulk [name=to]").select_option(label="Sam (on shift)")
    page.locator("#bulk").get_by_role("button", name="Pass on", exact=True).click()
    expect(page.locator("#bulk-state")).to_contain_text("1 of 1 done")
    until(lambda: town.sql("SELECT 1 FROM inbox_message WHERE text = 'You know lamps.'"), "the note is there")


def test_a_search_is_kept_as_a_view_and_opened_by_a_colleague_by_its_link(town: Town) -> None:
    lanterns(town, "Lanterns in a view", 2)
    page = town.sits("sam", '/search/?q="Lanterns in a view"')
    page.get_by_role("link", name="Keep it as a view").click()
    page.get_by_label("Name", exact=True).fill("Lanterns of the day")
    page.get_by_label("Who has it").select_option(label="Team Support")
    page.get_by_label("What stands first").select_option("oldest")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Lanterns of the day")).to_be_visible()
    expect(page.locator(".item-subj")).to_have_text(["Lanterns in a view 0", "Lanterns in a view 1"])
    place = page.locator(".rail .nav-a", has_text="Lanterns of the day")
    expect(place.locator(".nav-n")).to_have_text("2")
    ada = town.sits("ada", page.url.removeprefix(town.base))
    expect(ada.locator(".item")).to_have_count(2)
    town.post("Lanterns in a view 2")
    expect(ada.locator(".item")).to_have_count(3)
    ada.locator(".item").last.locator(".item-body").click()
    expect(ada.locator("#thread .msg")).to_have_count(1)
    ada.goto(f"{town.base}/c/mine/")
    ada.keyboard.press("Control+k")
    ada.get_by_role("combobox", name="Go to anything").fill("lanterns of")
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/c/v*/")
    page.get_by_role("link", name="Change the views").click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".rail .nav-a", has_text="Lanterns of the day")).to_have_count(0)


def test_all_that_is_ticked_is_answered_after_the_guard_was_asked_and_taken_back(town: Town) -> None:
    page = lanterns(town, "Lanterns with one answer", 3)
    page.locator("body").click(position={"x": 5, "y": 5})
    for key in ("j", "x", "j", "x", "r"):
        page.keyboard.press(key)
    text, state = page.locator("#bulk-text"), page.locator("#bulk-state")
    expect(text).to_be_focused()
    page.keyboard.type("Dear {{customer|customer}}, write to our e-mail.")
    expect(page.locator("#bulk-courtesy")).to_contain_text("write to our e-mail")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("A guideline stands in the way.")
    expect(text).to_have_value("Dear {{customer|customer}}, write to our e-mail.")
    text.fill("Dear {{customer|customer}}, new lanterns are on their way.")
    page.locator("#bulk-state").get_by_role("button", name="Send to all of them").click()
    expect(state).to_contain_text("2 of 2 done")
    page.get_by_role("button", name="Put back").click()
    expect(state).to_contain_text("2 of 2 put back")
    held = (
        "SELECT d.state FROM inbox_delivery d JOIN inbox_message m ON m.id = d.message_id JOIN inbox_conversation c"
        " ON c.id = m.conversation_id WHERE starts_with(c.subject, 'Lanterns with one answer')"
    )
    assert town.sql(held) == [("cancelled",)] * 2
    page.locator(".item-body").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("r")
    expect(text).to_have_value("Dear {{customer|customer}}, new lanterns are on their way.")
    page.keyboard.press("Escape")


def test_a_list_is_parted_ordered_and_narrowed_and_back_leads_through_it(town: Town) -> None:
    page = lanterns(town, "Lanterns in a narrow list", 2)
    town.sql("UPDATE inbox_conversation SET tags = '{narrow}' WHERE subject = 'Lanterns in a narrow list 0'")
    page.goto(f"{town.base}/c/queue/")
    page.wait_for_selector("body[data-live=on]")
    page.get_by_title("Narrow the list").click()
    page.locator("#narrow-box [name=tag]").fill("narrow")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/queue~tag:narrow/")
    expect(page.locator(".item-subj")).to_have_text(["Lanterns in a narrow list 0"])
    page.locator(".item-body").click()
    page.wait_for_url(f"**/c/queue~tag:narrow/{town.number_of('Lanterns in a narrow list 0')}/")
    page.go_back()
    page.get_by_title("Show all again").click()
    page.wait_for_url("**/c/queue/")
    expect(page.get_by_title("Show all again")).to_have_count(0)  # the address changes before the list does
    page.get_by_title("First: where something happened last").click()
    page.get_by_role("button", name="What climbs first").click()
    page.wait_for_url("**/c/queue~climbs/")
    page.goto(f"{town.base}/c/queue/")
    expect(page.get_by_title("First: what climbs first")).to_be_visible()
    page.locator("#rail-lists a[data-place=mine]").click()
    page.get_by_role("link", name="Wait for customer").click()
    page.wait_for_url("**/c/mine~pending/")
    expect(page.locator("#rail-lists a[data-place=mine]")).to_have_attribute("aria-current", "page")
    page.go_back()
    page.wait_for_url("**/c/mine/")
