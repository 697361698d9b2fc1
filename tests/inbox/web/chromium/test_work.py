"""A day at the desk: mail comes from the street, is answered, and the answer arrives there."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
SENT_SECONDS = 20_000  # milliseconds: the ten in which it can be undone, and a slow machine


def test_a_mail_from_the_street_appears_on_an_open_list_without_reload(town: Town) -> None:
    page = town.sits("ada", "/c/open/")
    page.wait_for_selector("body[data-live=on]")
    page.evaluate("document.body.dataset.mark = 'the same page'")
    street = town.sits("sam", "/street/")
    street.get_by_label("Subject").fill("A lamp by live view")
    street.get_by_label("Text").fill("Where is it?")
    street.get_by_role("button", name="Send").click()
    expect(street.get_by_text("It is on its way to")).to_be_visible()
    expect(page.locator(".item-subj", has_text="A lamp by live view")).to_be_visible(timeout=15_000)
    assert page.evaluate("document.body.dataset.mark") == "the same page"


def test_the_last_of_many_changes_is_shown_too(town: Town) -> None:
    page = town.sits("ada", "/c/open/")
    page.wait_for_selector("body[data-live=on]")
    for n in range(8):
        town.post(f"Number {n} of eight")
    for n in range(8):
        expect(page.locator(".item-subj", has_text=f"Number {n} of eight")).to_be_visible(timeout=15_000)
    count = page.locator(".nav-a[href='/c/open/'] .nav-n")
    open_ones = "SELECT count(*) FROM inbox_conversation WHERE state = 'open'"
    until(lambda: count.inner_text() == str(town.sql(open_ones)[0][0]), "the count is that of what is open")


def test_a_conversation_opens_beside_the_list_and_leaves_it_in_its_place(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp beside the list")
    assert re.search(r"/c/open/\d+/$", page.url)
    expect(page).to_have_title(re.compile(r"#\d+ A lamp beside the list · Otvet"))
    expect(page.locator(".item[aria-current=true] .item-subj")).to_have_text("A lamp beside the list")
    page.go_back()
    expect(page.get_by_text("Nothing is chosen")).to_be_visible()


def test_taking_it_names_the_one_responsible(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to take")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("Ada is responsible")).to_be_visible()
    expect(page.get_by_role("button", name="Take it")).to_have_count(0)


def test_a_note_is_yellow_and_never_leaves(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp with a note")
    page.get_by_role("tab", name="Note").click()
    page.get_by_label("Text of the note").fill("Between us: the lamps are out of stock")
    page.get_by_role("button", name="Leave note").click()
    note = page.locator(".note", has_text="Between us")
    expect(note).to_be_visible()
    expect(note).to_contain_text("only staff can see it")
    answer(page, "A lamp follows tomorrow, with a note")
    until(lambda: town.sent("A lamp follows tomorrow, with a note"), "the answer is on the street")
    assert not [mail for mail in town.street() if b"Between us" in mail.raw]


def answer(page: Page, text: str) -> None:
    page.get_by_label("Text of the reply").fill(text)
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text=text)).to_be_visible()


def test_undo_brings_the_text_back_and_nothing_is_sent(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to undo")
    answer(page, "Too early a word")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Text of the reply")).to_have_value("Too early a word")
    expect(page.locator(".msg-ours")).to_have_count(0)
    assert town.sent("Too early a word") == []


def test_an_answer_is_sent_and_the_answer_to_it_joins_and_reopens(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to and fro")
    page.get_by_label("Text of the reply").fill("Which lamp is it, please?")
    page.get_by_label("Other ways to send").click()
    page.get_by_role("button", name="Send and solve").click()
    expect(page.locator(".climb", has_text="solved")).to_be_visible()
    expect(page.locator(".msg-ours .state", has_text="Sent")).to_be_visible(timeout=SENT_SECONDS)
    (sent,) = town.sent("Which lamp is it, please?")
    assert sent.recipients == ("carla@example.com",)
    street = town.sits("sam", f"/street/?answers={sent.sequence}")
    street.get_by_label("Text").fill("It is the red one")
    street.get_by_role("button", name="Send").click()
    expect(page.locator(".msg", has_text="It is the red one")).to_be_visible(timeout=15_000)
    page.reload()
    expect(page.locator(".ev", has_text="Open again")).to_be_visible()
    expect(page.locator("input[name=cc]:not([type=text])")).to_have_count(0)


def test_a_reply_that_crosses_a_colleagues_is_stopped_and_keeps_its_text(town: Town) -> None:
    first = town.arrives(town.sits("ada"), "A lamp for two")
    second = town.sits("sam", first.url.removeprefix(town.base))
    second.get_by_label("Text of the reply").fill("Sam was writing this")
    answer(first, "Ada was quicker")
    second.get_by_role("button", name="Send and wait").click()
    expect(second.get_by_role("alert")).to_contain_text("Your reply has not been sent")
    expect(second.locator(".msg-ours", has_text="Ada was quicker")).to_be_visible()
    expect(second.get_by_label("Text of the reply")).to_have_value("Sam was writing this")
    second.get_by_role("button", name="Send and wait").click()
    expect(second.locator(".msg-ours", has_text="Sam was writing this")).to_be_visible()


def test_a_double_click_sends_once(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp clicked twice")
    page.get_by_label("Text of the reply").fill("Once is enough")
    page.get_by_role("button", name="Send and wait").dblclick()
    expect(page.locator(".msg-ours", has_text="Once is enough")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_was_typed_outlives_the_page(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp in a draft")
    page.get_by_label("Text of the reply").fill("Half a sen")
    page.reload()
    expect(page.get_by_label("Text of the reply")).to_have_value("Half a sen")
    answer(page, "Half a sentence, and the rest")
    page.reload()
    expect(page.get_by_label("Text of the reply")).to_have_value("")


def test_a_file_is_attached_and_arrives(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp with a file")
    plan = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"a plan"}
    page.locator("#attach").set_input_files(plan)  # type: ignore[arg-type]  # a file payload as its documentation has it
    expect(page.locator("#uploads .file", has_text="plan.txt")).to_be_visible()
    expect(page.locator("#uploads .coming")).to_have_count(0)
    answer(page, "The plan is attached to this")
    until(lambda: town.sent("The plan is attached to this"), "the answer is on the street")
    assert b'filename="plan.txt"' in town.sent("The plan is attached to this")[0].raw


@pytest.mark.parametrize(
    ("button", "became"), [("It arrived", "Sent"), ("Send again", "Sending|Sent"), ("Discard", "Given up")]
)
def test_a_sending_that_nobody_knows_of_is_settled_by_a_person(town: Town, button: str, became: str) -> None:
    page = town.arrives(town.sits("ada"), f"A lamp of unknown fate: {button}")
    answer(page, f"Nobody knows of this: {button}")
    number = page.locator("#conversation").get_attribute("data-conversation")
    town.sql(
        "UPDATE inbox_delivery SET state = 'needs_human', due_at = NULL"
        " FROM inbox_conversation c WHERE c.id = conversation_id AND c.number = %s",
        number,
    )
    page.reload()
    expect(page.locator(".msg-ours .state", has_text="Needs a person")).to_be_visible()
    for choice in ("It arrived", "Send again", "Discard"):
        expect(page.get_by_role("button", name=choice)).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.locator(".msg-ours .state", has_text=re.compile(became))).to_be_visible()
    expect(page.get_by_role("button", name="Discard")).to_have_count(0)


def test_what_else_can_be_done_comes_when_the_menu_is_opened(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to pass on")
    page.get_by_label("More", exact=True).click()
    menu = page.locator("#menu")
    menu.locator("select[name=to]").select_option(label="Sam (on shift)")
    menu.get_by_label("Why").select_option("knowledge")
    menu.get_by_label("Note for the next one").fill("She wants the red one")
    menu.get_by_role("button", name="Pass on").click()
    expect(page.get_by_text("Passed on to Sam.")).to_be_visible()
    expect(page.locator(".ev", has_text="Ada passed it on to Sam")).to_be_visible()
    expect(page.locator("#thread").get_by_text("She wants the red one")).to_have_count(1)


def test_what_is_open_stays_open_when_something_new_comes(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp that is read", html="<p>It is <b>red</b></p>")
    page.wait_for_selector("body[data-live=on]")
    page.get_by_text("As it was sent").click()
    number = page.locator("#conversation").get_attribute("data-conversation")
    colleague = town.sits("sam", f"/c/open/{number}/")
    colleague.get_by_role("tab", name="Note").click()
    colleague.get_by_label("Text of the note").fill("Look at the colour")
    page.get_by_text("Another time").click()
    promised = page.get_by_label("He hears from us by")
    promised.fill("2027-01-04T09:00")
    with page.expect_response(f"**/promises/{number}/") as panel:
        colleague.get_by_role("button", name="Leave note").click()
    panel.value.finished()
    expect(page.locator(".note", has_text="Look at the colour")).to_be_visible(timeout=15_000)
    expect(promised).to_be_visible()
    expect(promised).to_have_value("2027-01-04T09:00")
    expect(page.frame_locator("iframe.sent-frame").get_by_text("red")).to_be_visible()


def test_what_is_typed_in_an_open_menu_stays_when_something_new_comes(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to think about")
    page.wait_for_selector("body[data-live=on]")
    page.get_by_label("More", exact=True).click()
    note = page.locator("#menu").get_by_label("Note for the next one")
    note.fill("She wants the blue one")
    colleague = town.sits("sam", page.url.removeprefix(town.base))
    colleague.get_by_role("tab", name="Note").click()
    colleague.get_by_label("Text of the note").fill("Look at the shade")
    colleague.get_by_role("button", name="Leave note").click()
    expect(page.locator(".note", has_text="Look at the shade")).to_be_visible()
    expect(note).to_be_visible()
    expect(note).to_have_value("She wants the blue one")


def test_the_menu_is_asked_for_again_once_the_page_has_changed(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp with a menu")
    more = page.locator(".talk-head summary", has=page.locator("use[href$='#i-more']"))
    more.click()
    expect(page.locator("#menu")).to_be_visible()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("Ada is responsible")).to_be_visible()
    more.click()
    expect(page.locator("#menu").get_by_label("Snooze until")).to_be_visible()


def test_solving_and_opening_again(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp to solve")
    page.get_by_role("button", name="Solve").click()
    expect(page.get_by_text(re.compile(r"#\d+ is solved"))).to_be_visible()
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("button", name="Solve")).to_be_visible()


# A promise that is kept when so many requests of the page have ended.
ALL_ENDED = """(count) => {
    let ended = 0;
    window.allEnded = new Promise((resolve) => document.addEventListener("htmx:finally:request", () => {
        ended += 1;
        if (ended >= count) resolve();
    }));
}"""


def test_an_answer_for_a_part_of_the_page_that_is_gone_disturbs_nobody(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp that is looked away from")
    held: list[Route] = []
    page.route("**/c/open/**", lambda route: held.append(route))
    number = page.locator("#conversation").get_attribute("data-conversation")
    with page.expect_request(lambda request: "side" in request.headers.get("hx-target", "")):
        page.evaluate(f"document.body.dispatchEvent(new CustomEvent('otvet:talk-{number}', {{ bubbles: true }}))")
    page.evaluate("document.querySelector('#side').remove()")
    page.evaluate(ALL_ENDED, len(held))
    for route in held:
        route.continue_()
    page.evaluate("window.allEnded")
    expect(page.locator(".unsent")).to_have_count(0)
