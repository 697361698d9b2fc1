"""What is written, and what goes along with it: nothing of it is lost, nothing goes out that was not meant."""

import re
from email import message_from_bytes

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.inbox.web.chromium.looks import PHONE, faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium

# Somebody drops or pastes files: (kind of event, selector, names).
GIVE = """([kind, selector, name]) => {
    const files = new DataTransfer();
    files.items.add(new File(["a plan of " + name], name, { type: "text/plain" }));
    const how = { bubbles: true, cancelable: true };
    const event = kind === "paste" ? new ClipboardEvent(kind, { ...how, clipboardData: files })
        : new DragEvent(kind, { ...how, dataTransfer: files });
    return !document.querySelector(selector).dispatchEvent(event);
}"""
KEPT_HERE = "(number) => Object.keys(localStorage).some((key) => key.includes(`:${number}:`))"
KEEP_HERE = "([place, text]) => localStorage.setItem(place, JSON.stringify({ text, after: ['An older one'] }))"
BESIDE = """
SELECT d.text, d.beside FROM inbox_draft d JOIN inbox_conversation c ON c.id = d.conversation_id
WHERE c.number = %s AND d.mode = 'reply'
"""

WRITTEN = "SELECT d.text FROM inbox_draft d JOIN inbox_conversation c ON c.id = d.conversation_id WHERE c.number = %s"
WHOSE = "SELECT d.agent_id FROM inbox_draft d JOIN inbox_conversation c ON c.id = d.conversation_id WHERE c.number = %s"


def text_of(page: Page) -> str:
    return page.get_by_label("Text of the reply").input_value()


def test_files_are_dropped_and_pasted_and_are_there_after_a_reload(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and two plans")
    number = town.number_of("A lamp and two plans")
    page.get_by_label("Text of the reply").fill("Both plans go along with this.")
    assert page.evaluate(GIVE, ["drop", "#talk", "dropped.txt"])
    assert page.evaluate(GIVE, ["paste", "#text", "pasted.txt"])
    for name in ("dropped.txt", "pasted.txt"):
        expect(page.locator("#uploads .file", has_text=name).locator("input")).to_have_count(1)
    assert list(faults(page)) == []
    until(lambda: len(dict(town.sql(BESIDE, number)[0][1])["attachments"]) == 2, "the draft has both")  # type: ignore[call-overload]
    page.reload()
    expect(page.locator("#uploads .file")).to_have_count(2)
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours a.file")).to_have_count(2)
    until(lambda: town.sent("Both plans go along"), "the answer is on the street")
    raw = town.sent("Both plans go along")[0].raw
    assert b"dropped.txt" in raw
    assert b"pasted.txt" in raw


def test_a_file_under_way_shows_how_far_it_is_is_waited_for_and_can_be_stopped(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a slow file")
    held: list[Route] = []
    page.route("**/uploads/", lambda route: held.append(route))
    page.get_by_label("Text of the reply").fill("With a file")
    page.evaluate(GIVE, ["drop", "#talk", "slow.txt"])
    expect(page.get_by_role("progressbar", name="slow.txt")).to_be_visible()
    page.get_by_role("button", name="Send and wait").click()
    expect(page.get_by_text("A file is still under way")).to_be_visible()
    expect(page.locator(".msg-ours")).to_have_count(0)
    page.get_by_role("button", name="Stop it: slow.txt").click()
    expect(page.locator("#uploads li")).to_have_count(0)
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="With a file")).to_be_visible()
    for route in held:
        route.abort()


def test_a_file_under_way_stays_while_the_page_changes_and_is_there_when_one_comes_back(town: Town) -> None:
    town.post("A lamp beside a slow file")
    page = town.arrives(town.sits("ada"), "A lamp and a file that takes its time")
    held: list[Route] = []
    page.route("**/uploads/", lambda route: held.append(route))
    page.evaluate(GIVE, ["drop", "#talk", "slow.txt"])
    coming = page.get_by_role("progressbar", name="slow.txt")
    expect(coming).to_be_visible()
    page.get_by_role("tab", name="Note").click()
    page.get_by_label("Text of the note").fill("She sends a plan.")
    page.get_by_role("button", name="Leave note").click()
    expect(page.locator(".note", has_text="She sends a plan.")).to_be_visible()
    page.get_by_role("tab", name="Reply").click()
    expect(coming).to_be_visible()
    page.locator(".item-subj", has_text="A lamp beside a slow file").click()
    expect(page.locator("#thread")).to_contain_text("The lamp arrived broken.")
    expect(page.locator(".talk-head")).to_contain_text("A lamp beside a slow file")
    with page.expect_response("**/uploads/"):
        held[0].continue_()
    expect(page.locator("#uploads li")).to_have_count(0)
    page.locator(".item-subj", has_text="A lamp and a file that takes its time").click()
    expect(page.locator("#uploads .file", has_text="slow.txt").locator("input")).to_have_count(1)
    page.get_by_label("Text of the reply").fill("It took its time.")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours a.file")).to_have_count(1)


def test_what_was_begun_here_and_sent_from_elsewhere_is_no_draft_here_any_more(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp answered on the way")
    number = town.number_of("A lamp answered on the way")
    page.get_by_label("Text of the reply").fill("Begun at the desk")
    # Who leaves before he has heard that the server has it keeps it here, too.
    until(lambda: not page.evaluate(KEPT_HERE, number), "the browser has heard that the server has it")
    page.goto(f"{town.base}/c/mine/")
    phone = town.stranger(f"/c/open/{number}/", storage_state={"cookies": page.context.cookies(), "origins": []})
    assert text_of(phone) == "Begun at the desk"
    phone.get_by_role("button", name="Send and wait").click()
    expect(phone.locator(".msg-ours", has_text="Begun at the desk")).to_be_visible()
    page.goto(f"{town.base}/c/open/{number}/")
    expect(page.locator(".msg-ours", has_text="Begun at the desk")).to_be_visible()
    assert text_of(page) == ""


def test_what_is_typed_in_two_windows_at_once_stands_in_both(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp in two windows")
    number, told = town.number_of("A lamp in two windows"), "You have written here elsewhere, too"
    here = page.get_by_label("Text of the reply")
    phone = town.stranger(f"/c/open/{number}/", storage_state={"cookies": page.context.cookies(), "origins": []})
    there = phone.get_by_label("Text of the reply")
    page.get_by_label("Add a copy to an address").fill("kim@example.org ")
    here.fill("Typed at the desk")
    until(lambda: town.sql(WRITTEN, number) == [("Typed at the desk",)], "it is kept")
    there.fill("Typed on the phone")
    expect(there).to_have_value("Typed at the desk\n\nTyped on the phone")
    expect(phone.locator(".elsewhere")).to_contain_text(told)
    expect(phone.locator("#copies li")).to_contain_text(["kim@example.org"])
    there.press_sequentially(", and on")
    both = "Typed at the desk\n\nTyped on the phone, and on"
    expect(there).to_have_value(both)
    until(lambda: town.sql(WRITTEN, number) == [(both,)], "it is kept, too")
    # Who comes back to the first window and types on loses nothing either.
    here.press("End")
    here.press_sequentially(", today")
    expect(here).to_have_value(f"{both}\n\nTyped at the desk, today")
    assert list(faults(page)) == []
    # Another window of the same browser that has nothing of its own follows.
    beside = page.context.new_page()
    beside.goto(f"{town.base}/c/open/{number}/")
    here.fill("One text")
    expect(beside.get_by_label("Text of the reply")).to_have_value("One text")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="One text")).to_be_visible()
    expect(here).to_have_value("")
    assert town.sql(WRITTEN, number) == []


def test_what_the_server_never_got_is_kept_in_the_browser(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp that the server never heard of")
    page.route("**/draft/", lambda route: route.fulfill(status=500, body="no"))
    with page.expect_response("**/draft/"):
        page.get_by_label("Text of the reply").fill("Known here alone")
    page.reload()
    assert text_of(page) == "Known here alone"


def test_the_last_words_before_one_leaves_are_not_lost_behind_an_older_draft(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp left in the middle of a word")
    number = town.number_of("A lamp left in the middle of a word")
    field = page.get_by_label("Text of the reply")
    field.fill("A new lamp")
    until(lambda: not page.evaluate(KEPT_HERE, number), "the server has the first words")
    page.route("**/draft/", lambda route: route.abort())
    field.press_sequentially(" is on its way, call us")
    page.reload()
    assert text_of(page) == "A new lamp is on its way, call us"
    # Nobody has typed a letter: it is checked all the same.
    expect(page.locator("#courtesy")).to_contain_text("call us")
    page.unroute("**/draft/")
    field.press_sequentially(" tomorrow")
    page.locator(".item-body").last.click()
    kept = "A new lamp is on its way, call us tomorrow"
    until(lambda: town.sql(WRITTEN, number) == [(kept,)], "who goes on to another conversation waits for no pause")
    town.sql("UPDATE inbox_draft SET text = 'Written on the phone' WHERE text = %s", kept)
    ada = town.sql(WHOSE, number)[0][0]
    page.evaluate(KEEP_HERE, [f"typed:{ada}:{number}:reply", "Typed without a net"])
    page.goto(f"{town.base}/c/open/{number}/")
    assert text_of(page) == "Written on the phone\n\nTyped without a net"


def test_a_file_that_does_not_come_says_why_and_the_text_stays(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a lost file")
    page.get_by_label("Text of the reply").fill("This stays")
    page.route("**/uploads/", lambda route: route.fulfill(status=500, body="no"))
    page.evaluate(GIVE, ["drop", "#talk", "lost.txt"])
    alert = page.locator("#uploads .not-uploaded")
    expect(alert).to_contain_text("lost.txt was not uploaded: the server did not take it.")
    page.unroute("**/uploads/")
    page.route("**/uploads/", lambda route: route.abort())
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("lost.txt was not uploaded: the connection was lost.")
    assert list(faults(page)) == []
    page.unroute("**/uploads/")
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator("#uploads .file", has_text="lost.txt").locator("input")).to_have_count(1)
    expect(alert).to_have_count(0)
    assert text_of(page) == "This stays"


def test_answer_and_note_never_mix_and_a_note_carries_no_files(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp with two drafts")
    page.get_by_label("Text of the reply").fill("For carla")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Note").click()
    note = page.get_by_label("Text of the note")
    expect(note).to_have_value("")
    note.fill("For us")
    assert page.evaluate(GIVE, ["drop", "#talk", "plan.txt"])
    expect(page.locator("#panel-note").get_by_text("A note carries no files.")).to_be_visible()
    number = town.number_of("A lamp with two drafts")
    kept = (
        "SELECT d.mode, d.text FROM inbox_draft d JOIN inbox_conversation c ON c.id = d.conversation_id"
        " WHERE c.number = %s ORDER BY d.mode"
    )
    both = [("note", "For us"), ("reply", "For carla")]
    until(lambda: town.sql(kept, number) == both, "both are kept, apart")
    page.reload()
    assert text_of(page) == "For carla"
    page.get_by_role("tab", name="Note").click()
    expect(note).to_have_value("For us")
    page.get_by_role("button", name="Leave note").click()
    expect(page.locator(".note", has_text="For us")).to_be_visible()
    page.reload()
    assert text_of(page) == "For carla"
    expect(page.locator(".msg-ours")).to_have_count(0)


def test_copies_are_added_and_taken_away_by_keys_and_stand_in_the_mail(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and those who should know")
    field = page.get_by_label("Add a copy to an address")
    field.press_sequentially("kim@example.org, max@nowhere ")
    chips = page.locator("#copies li")
    expect(chips).to_have_count(1)
    expect(page.locator("#cc-wrong")).to_have_text("“max@nowhere” is not an e-mail address.")
    assert list(faults(page)) == []
    field.fill("max@example.org")
    page.keyboard.press("Enter")
    expect(chips).to_have_count(2)
    page.keyboard.press("Backspace")
    expect(chips).to_have_count(1)
    page.get_by_label("Text of the reply").fill("Kim reads this, too.")
    number = town.number_of("A lamp and those who should know")
    until(lambda: town.sql(BESIDE, number) and "kim@example.org" in str(town.sql(BESIDE, number)[0][1]), "it is kept")
    page.reload()
    expect(chips).to_contain_text("kim@example.org")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="Cc: kim@example.org")).to_be_visible()
    until(lambda: town.sent("Kim reads this, too."), "the answer is on the street")
    (sent,) = town.sent("Kim reads this, too.")
    assert message_from_bytes(sent.raw)["Cc"] == "kim@example.org"
    assert set(sent.recipients) == {"carla@example.com", "kim@example.org"}


def test_an_address_that_the_server_refuses_keeps_the_text_and_the_other_copies(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a wrong address")
    page.get_by_label("Add a copy to an address").fill("kim@example.org")
    page.keyboard.press("Enter")
    page.evaluate("document.querySelector('#copies input').value = 'kim@@example.org'")
    page.get_by_label("Text of the reply").fill("This stays, too")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".stop")).to_contain_text("is not an e-mail address")
    assert text_of(page) == "This stays, too"
    expect(page.locator("#copies li")).to_contain_text("kim@@example.org")
    expect(page.locator(".msg-ours")).to_have_count(0)


def test_what_a_canned_answer_does_besides_is_there_after_a_reload(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a canned answer")
    number = town.number_of("A lamp and a canned answer")
    town.sql(
        'INSERT INTO inbox_cannedanswer (name, text, tags, "then", reason, note, changed_at)'
        " VALUES ('Quince', 'Another lamp comes.', '{lamp,replaced}', 'solved', '', '', now())"
    )
    page.get_by_label("Text of the reply").press_sequentially("/quin")
    page.get_by_role("option", name="Quince").click()
    chips = page.locator("#along li")
    expect(chips).to_have_text(["lamp", "replaced", "it is solved"])
    page.get_by_role("button", name="Not this: lamp").click()
    kept = ["replaced"]
    until(
        lambda: town.sql(BESIDE, number) and dict(town.sql(BESIDE, number)[0][1]).get("tags") == kept,  # type: ignore[call-overload]
        "the draft is kept with what is done along",
    )
    page.reload()
    expect(chips).to_have_text(["replaced", "it is solved"])
    assert text_of(page) == "Another lamp comes."
    page.get_by_role("button", name=re.compile("^Send")).first.click()
    expect(page.locator(".climb", has_text="solved")).to_be_visible()
    assert town.sql("SELECT tags FROM inbox_conversation WHERE number = %s", number) == [(kept,)]
    page.reload()
    expect(chips).to_have_count(0)


def test_a_sending_that_fails_keeps_the_text_and_says_so(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and no network")
    page.get_by_label("Text of the reply").fill("Written without a net")
    with town.without_network(page):
        page.get_by_role("button", name="Send and wait").click()
        expect(page.locator(".unsent")).to_contain_text("What you wrote is kept")
        assert text_of(page) == "Written without a net"
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="Written without a net")).to_have_count(1)


def test_after_an_answer_the_next_one_is_there_and_a_way_back_while_there_is_one(town: Town) -> None:
    page = town.sits("ada", "/me/")
    choice = page.get_by_label("After an answer is sent, show")
    choice.select_option(label="the next one in the list")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    try:
        town.arrives(page, "The lamp below")
        town.arrives(page, "The lamp above")
        page.get_by_label("Text of the reply").fill("This one is done.")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".talk-name", has_text="The lamp below")).to_be_visible()
        expect(page.locator("#text")).to_have_value("")
        way_back = page.get_by_text("goes out in a moment").get_by_role("link")
        expect(way_back).to_have_attribute("href", f"/c/open/{town.number_of('The lamp above')}/")
        assert list(faults(page)) == []
        expect(way_back).to_have_count(0)
    finally:
        town.sql("UPDATE inbox_agent SET after_sending = ''")


def test_what_is_taken_back_comes_back_with_all_that_went_along(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp that comes back")
    town.sql(
        'INSERT INTO inbox_cannedanswer (name, text, tags, "then", reason, note, to_team_id, changed_at)'
        " SELECT 'Sales knows', 'Sales takes care of it.', '{sold}', '', 'topic', 'He bought it.', id, now()"
        " FROM inbox_team LIMIT 1"
    )
    text = page.get_by_label("Text of the reply")
    text.press_sequentially("/sales")
    page.get_by_role("option", name="Sales knows").click()
    expect(page.locator("#along li")).to_have_count(2)
    page.get_by_label("Add a copy to an address").fill("max@example.org ")
    assert page.evaluate(GIVE, ["drop", "#talk", "back.txt"])
    expect(page.locator("#uploads .file", has_text="back.txt").locator("input")).to_have_count(1)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".msg-ours", has_text="Sales takes care of it.")).to_be_visible()
    expect(page.locator("#along li")).to_have_count(0)
    page.get_by_label("Text of the reply").fill("One more thing")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".msg-ours")).to_have_count(0)
    expect(page.get_by_label("Text of the reply")).to_have_value("Sales takes care of it.\n\nOne more thing")
    expect(page.locator("#along li")).to_contain_text(["sold", "goes to"])
    expect(page.locator("#uploads .file")).to_contain_text(["back.txt"])
    expect(page.locator("#copies .chip")).to_contain_text(["max@example.org"])
    expect(page.locator(".note", has_text="He bought it.")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Text of the reply")).to_have_value("Sales takes care of it.\n\nOne more thing")
    page.get_by_role("button", name="Send", exact=True).click()
    until(lambda: town.sent("One more thing"), "it is on the street")
    (sent,) = town.sent("Sales takes care of it.")
    assert {"carla@example.com", "max@example.org"} <= set(sent.recipients)
    assert b"back.txt" in sent.raw


def test_only_what_tells_of_undoing_goes_when_the_time_for_it_is_over(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp whose time is over")
    page.evaluate(
        """() => {
            const soon = new Date(Date.now() + 500).toISOString();
            for (const kind of ["form.undo", "div.bar", "div.bar.other", "p.any"]) {
                const [name, ...classes] = kind.split("."), each = document.createElement(name);
                each.className = classes.join(" ");
                each.dataset.until = soon;
                document.querySelector("#thread").append(each);
            }
            document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx: {} } }));
            document.querySelector(".bar.other").removeAttribute("data-until");
        }"""
    )
    expect(page.locator("#thread form.undo, #thread > .bar:not(.other)")).to_have_count(0)
    expect(page.locator("#thread > .bar.other, #thread > p.any")).to_have_count(2)


SMALL = """(selector) => [...document.querySelectorAll(selector)]
    .filter((control) => control.checkVisibility() && control.getClientRects().length)
    .map((control) => [control, (control.closest("label.ibtn") || control).getBoundingClientRect()])
    .filter(([_, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
    .map(([control, box]) =>
        `${control.id || control.className} ${control.innerText.trim()} ${box.width}x${box.height}`)"""
PRESSED = "".join(
    f"{place} :is(button, summary, a.ibtn, a.btn, label.ibtn, textarea),"
    for place in (".composer", ".talk-head", ".climb", "#thread > .bar")
).rstrip(",")


def test_on_a_phone_what_a_thumb_presses_is_as_large_as_a_thumb(town: Town) -> None:
    desk = town.arrives(town.sits("ada"), "A lamp under two thumbs")
    number = town.number_of("A lamp under two thumbs")
    session = desk.context.storage_state()
    page = town.stranger(f"/c/open/{number}/", viewport=PHONE, has_touch=True, is_mobile=True, storage_state=session)
    page.wait_for_selector("#thread .msg")
    assert page.evaluate(SMALL, PRESSED) == []
    page.locator("#text").tap()
    expect(page.get_by_role("button", name="Send and wait")).to_be_visible()
    assert page.evaluate(SMALL, PRESSED) == []
    page.locator("#tab-note").tap()
    expect(page.get_by_role("button", name="Leave note")).to_be_visible()
    assert page.evaluate(SMALL, PRESSED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert list(faults(page)) == []


def test_on_a_phone_it_is_one_line_until_one_writes(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp under a thumb")
    composer, text = page.locator(".composer"), page.locator("#text")

    def box(of: Locator) -> FloatRect:
        return of.bounding_box() or FloatRect(x=0, y=0, width=0, height=PHONE["height"])  # while it is drawn anew

    def height() -> float:
        return box(composer)["height"]

    def last_is_whole() -> bool:
        last = box(page.locator("#thread .msg").last)
        return last["y"] + last["height"] <= box(composer)["y"]

    before = height()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.reload()
    page.wait_for_selector("#thread .msg")
    assert height() <= 72, "a line, and what is around it"
    assert box(text)["height"] >= 44
    assert box(page.locator("#tab-note"))["height"] >= 44
    assert list(faults(page)) == []
    text.click()
    expect(page.get_by_role("button", name="Send and wait")).to_be_visible()
    two = height()
    text.fill("One\nTwo\nThree\nFour\nFive\nSix")
    until(lambda: height() > two, "it grows")
    until(last_is_whole, "the last message is above it")
    assert height() <= PHONE["height"] * 0.56
    page.locator("#talk").click(position={"x": 5, "y": 5})
    expect(page.get_by_role("button", name="Send and wait")).to_be_hidden()
    assert height() <= 72
    expect(text).to_be_visible()
    page.locator("#tab-note").click()
    expect(page.locator("#note")).to_be_focused()
    expect(page.get_by_role("button", name="Leave note")).to_be_visible()
    page.locator("#talk").click(position={"x": 5, "y": 5})
    expect(page.get_by_role("button", name="Leave note")).to_be_hidden()
    assert height() <= 72
    assert list(faults(page)) == []
    page.locator("#tab-reply").click()
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="Three")).to_be_visible()
    until(lambda: height() <= 72, "it is one line again")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert height() == before
