"""A long conversation as somebody reads it: by stretches, from where he has to read on, without losing his place."""

import json
import re
import smtplib
from base64 import b64decode
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from playwright.sync_api import Page, Request, Route, expect

from connectors.sandbox.mail.server import ADDRESS, HOST
from inbox.thread import WINDOW
from tests.inbox.web.chromium.looks import faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
MESSAGES = 999  # and one that came as a mail
# Each two minutes before the next one, by turns from carla and from ada.
TALK = """
INSERT INTO inbox_message
    (conversation_id, direction, key, author_id, sender_id, subject, text, reply_text, quoted_text, html, remote_images,
     automatic, language, details, happened_at)
SELECT c.id, (ARRAY['incoming', 'outgoing'])[1 + mod(n, 2)], gen_random_uuid(), a.id, c.address_id, '', words, words,
       '', '', 0, '', '', '{}', now() - (%s - n) * interval '2 minutes'
FROM inbox_conversation c, inbox_agent a, generate_series(1, %s) n, LATERAL (SELECT 'Word ' || n || '.') w(words)
WHERE c.number = %s AND a.name = 'Ada'
"""
FIRST = """
UPDATE inbox_message m SET happened_at = now() - interval '3 days' FROM inbox_conversation c
WHERE c.id = m.conversation_id AND c.number = %s
"""
NEWEST = "UPDATE inbox_conversation SET last_message = (SELECT max(id) FROM inbox_message) WHERE number = %s"
WORD = """
SELECT m.id FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
WHERE c.number = %s AND m.text = %s
"""
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
# Whether it is seen in the pane in which one reads.
IN_SIGHT = """(message) => {
    const box = message.getBoundingClientRect(), pane = document.querySelector("#talk").getBoundingClientRect();
    return box.bottom > pane.top && box.top < pane.bottom;
}"""

# Something happens in its conversation, and what stands around it has been read again.
HAPPENS = """(message, number) => new Promise((done) => {
    const isAround = ({ detail }) => detail.ctx.sourceElement.contains(message) && done();
    document.addEventListener("htmx:after:swap", isAround);
    document.body.dispatchEvent(new CustomEvent("otvet:talk-" + number));
})"""


@pytest.fixture(scope="module")
def number(town: Town) -> int:
    """A conversation of a thousand messages."""
    town.post("A thousand words")
    number = town.number_of("A thousand words")
    town.sql(FIRST, number)
    town.sql(TALK, MESSAGES, MESSAGES, number)
    town.sql(NEWEST, number)
    return number


def in_sight(page: Page, words: str) -> bool:
    return bool(page.locator("#thread .said", has_text=re.compile(f"^\\s*{re.escape(words)}")).evaluate(IN_SIGHT))


def words_of(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#thread .msg .said").all_inner_texts()]


def test_it_opens_at_its_end_and_a_thousand_messages_come_as_one_scrolls_up(town: Town, number: int) -> None:
    page = town.sits("ada", f"/c/open/{number}/")
    expect(page.locator("#thread .msg")).to_have_count(WINDOW)
    assert in_sight(page, f"Word {MESSAGES}.")
    while page.locator("[data-more=older]").count():
        first = page.locator("#thread .msg").first
        shown, seen = page.locator("#thread .msg").count(), first.get_attribute("id")
        page.evaluate("document.querySelector('#talk').scrollTop = 0")
        expect(page.locator("#thread .msg")).not_to_have_count(shown)
        assert page.locator(f"#{seen}").evaluate(IN_SIGHT), "the place where one reads stays"
    assert words_of(page) == ["The lamp arrived broken.", *(f"Word {n}." for n in range(1, MESSAGES + 1))]
    days = page.locator("#thread .day:visible").all_inner_texts()
    assert len(days) == len(set(days))
    page.get_by_role("link", name="To the newest").click()
    expect(page.locator("#to-end")).to_be_hidden()
    assert in_sight(page, f"Word {MESSAGES}.")


def test_a_link_to_a_message_opens_it_with_what_stands_around_and_one_reads_on_from_there(
    town: Town, number: int
) -> None:
    ((middle,),) = town.sql(WORD, number, "Word 500.")
    page = town.sits("ada", f"/c/open/{number}/?at={middle}")
    expect(page.locator(f"#m-{middle}")).to_have_attribute("data-named", "")
    assert in_sight(page, "Word 500.")
    assert list(faults(page)) == []
    while page.locator("[data-more=newer]").count():
        shown = page.locator("#thread .msg").count()
        page.evaluate("document.querySelector('#talk').scrollTop = 1e9")
        expect(page.locator("#thread .msg")).not_to_have_count(shown)
    read = words_of(page)
    assert read[-1] == f"Word {MESSAGES}."
    assert read == [f"Word {n}." for n in range(int(read[0][5:-1]), MESSAGES + 1)]
    page.get_by_label("Text of the reply").fill("He has read to the end")
    seen_up_to = page.locator("[name=seen_up_to]").first.get_attribute("value")
    assert town.sql("SELECT last_message FROM inbox_conversation WHERE number = %s", number) == [
        (int(seen_up_to or 0),)
    ]


def test_the_time_of_a_message_is_its_link_and_back_leads_back(town: Town, number: int) -> None:
    page = town.sits("ada", f"/c/open/{number}/")
    link = page.locator("#thread .msg", has_text="Word 990.").locator("a.at")
    link.click()
    page.wait_for_url("**/?at=*")
    expect(page.locator("[data-named]")).to_contain_text("Word 990.")
    page.locator("[data-named]").evaluate(HAPPENS, number)
    expect(page.locator("[data-named]")).to_contain_text("Word 990.")
    page.go_back()
    page.wait_for_url(f"**/c/open/{number}/")
    expect(page.locator("[data-named]")).to_have_count(0)


def test_without_script_links_lead_through_all_of_it(town: Town, number: int) -> None:
    storage = town.sits("ada").context.storage_state()
    context = town.browser.new_context(locale="en-US", java_script_enabled=False, storage_state=storage)
    page = context.new_page()
    page.goto(f"{town.base}/c/open/{number}/")
    page.get_by_role("link", name="Earlier messages").click()
    assert words_of(page)[-1] == f"Word {MESSAGES - WINDOW}."
    page.get_by_role("link", name="Later messages").click()
    assert words_of(page)[0] == f"Word {MESSAGES - WINDOW + 1}."
    context.close()


def test_it_opens_at_what_one_has_not_read(town: Town, number: int) -> None:
    ((read,),) = town.sql(WORD, number, "Word 899.")
    mark = (
        "INSERT INTO inbox_reading (agent_id, conversation_id, seen_up_to, at)"
        " SELECT a.id, c.id, %s, now() FROM inbox_agent a, inbox_conversation c"
        " WHERE a.name IN ('Sam', 'Max') AND c.number = %s"
        " ON CONFLICT (agent_id, conversation_id) DO UPDATE SET seen_up_to = %s"
    )
    town.sql(mark, read, number, read)
    page = town.sits("sam", f"/c/open/{number}/")
    expect(page.locator("#news")).to_have_text("New: 50")
    assert page.locator("#news").evaluate(IN_SIGHT)
    assert in_sight(page, "Word 900.")
    # It floats over whatever one has scrolled to, and leaves less than a finger's breadth of some link there.
    page.locator(".to-end").evaluate("link => { link.style.display = 'none'; }")
    assert list(faults(page)) == []
    page = town.sits("max", f"/c/open/{number}/?end")
    assert in_sight(page, f"Word {MESSAGES}.")
    page.get_by_role("link", name="To the first one you have not read").click()
    expect(page.locator("[data-named]")).to_contain_text("Word 900.")
    assert in_sight(page, "Word 900.")


def test_what_was_asked_for_before_one_went_elsewhere_in_a_conversation_does_not_come_twice(
    town: Town, number: int
) -> None:
    ((middle,),) = town.sql(WORD, number, "Word 900.")
    held: list[Route] = []
    page = town.sits("ada")
    page.route(re.compile("/stretch/.before="), lambda route: held.append(route), times=1)
    page.goto(f"{town.base}/c/open/{number}/?end")
    page.evaluate("document.querySelector('#talk').scrollTop = 0")
    until(lambda: page.title() and held, "what stands before is asked for")
    page.evaluate(
        """at => window.htmx.ajax("GET", "?at=" + at, { target: "#conversation", swap: "outerMorph" })""", middle
    )
    expect(page.locator("[data-named]")).to_contain_text("Word 900.")
    with page.expect_response(lambda answer: answer.url == held[0].request.url):
        held[0].continue_()
    first = page.locator("#thread .msg").first.get_attribute("id")
    page.evaluate("document.querySelector('#talk').scrollTop = 0")
    expect(page.locator("#thread .msg").first).not_to_have_attribute("id", str(first))
    said = words_of(page)
    assert len(said) == len(set(said))


def test_what_comes_while_one_reads_further_up_moves_nothing_and_asks_for_no_more_than_what_is_seen(
    town: Town, number: int
) -> None:
    page = town.sits("ada", f"/c/open/{number}/")
    page.wait_for_selector("body[data-live=on]")
    page.evaluate("document.querySelector('#talk').scrollTop = 0")
    expect(page.locator("#thread .msg")).to_have_count(2 * WINDOW)
    page.evaluate("document.querySelector('#talk').scrollTop = 2000")
    before = page.evaluate("document.querySelector('#talk').scrollTop")
    asked: list[str] = []
    page.on("request", lambda request: _note(request, asked))
    colleague = town.sits("sam", f"/c/open/{number}/?end")
    colleague.get_by_role("tab", name="Note").click()
    colleague.get_by_label("Text of the note").fill("Said while she reads")
    colleague.get_by_role("button", name="Leave note").click()
    expect(page.locator("#thread .note", has_text="Said while she reads")).to_have_count(1)
    assert page.evaluate("document.querySelector('#talk').scrollTop") == before
    assert asked
    assert all("/stretch/" in url for url in asked), asked


def test_who_scrolls_up_as_something_comes_is_not_pulled_back_to_the_end(town: Town, number: int) -> None:
    page = town.sits("ada", f"/c/open/{number}/?end")
    page.wait_for_selector("body[data-live=on]")
    first = page.locator("#thread .msg").first.get_attribute("id")
    # In one step of the script: the browser tells of a scroll only at its next frame.
    page.evaluate("""() => {
        const swap = { ctx: { sourceElement: document.body }, tasks: [] };
        document.querySelector("#talk").scrollTop = 0;
        for (const name of ["htmx:before:swap", "htmx:after:swap"]) {
            document.dispatchEvent(new CustomEvent(name, { detail: swap }));
        }
    }""")
    expect(page.locator("#thread .msg").first).not_to_have_attribute("id", str(first))


def _note(request: Request, asked: list[str]) -> None:
    """Requests for what was said."""
    if "stretch" in request.headers.get("hx-target", "") or "thread" in request.headers.get("hx-target", ""):
        asked.append(request.url)


def test_pictures_from_elsewhere_are_shown_when_asked_for_and_from_one_sender_always(town: Town) -> None:
    port = json.loads((town.running.data / "sandbox" / "facebook" / "port.json").read_text())
    html = f'<p>Our lamps</p><img alt="lamp" src="http://127.0.0.1:{port}/picture/1">'
    town.post("Lamps of May", html=html)
    page = town.sits("ada", f"/c/open/{town.number_of('Lamps of May')}/")
    expect(page.get_by_text("1 picture from elsewhere was not loaded")).to_be_visible()
    page.locator("summary", has_text="Show them").press("Enter")
    picture = page.frame_locator("iframe[src$='?pictures']").get_by_role("img", name="lamp")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    assert list(faults(page)) == []
    page.get_by_role("button", name="Always from carla@example.com").press("Enter")
    expect(page.get_by_text("Pictures from carla@example.com are always shown")).to_be_visible()
    expect(page.locator(".allowed iframe")).to_be_visible()
    expect(page.get_by_text("Ada lets pictures of this sender always be shown")).to_be_visible()
    town.post("Lamps of June", html=html)
    page.goto(f"{town.base}/c/open/{town.number_of('Lamps of June')}/")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    assert list(faults(page)) == []
    page.get_by_role("button", name="Stop that").press("Enter")
    expect(page.get_by_text("1 picture from elsewhere was not loaded")).to_be_visible()
    expect(page.locator("iframe[src$='?pictures']")).to_be_hidden()


def test_a_picture_within_a_mail_is_seen_in_the_thread_and_where_its_sender_put_it(town: Town) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Carla <carla@example.com>", ADDRESS, "A lamp with its picture"
    mail["Message-ID"] = make_msgid(domain="example.com")
    mail.set_content("See the crack.")
    mail.add_alternative('<p>See the crack: <img src="cid:crack@example.com"></p>', subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]  # multipart/alternative
    html.add_related(PNG, "image", "png", cid="<crack@example.com>", filename="crack.png")  # type: ignore[union-attr]
    with smtplib.SMTP(HOST, town.smtp_port, timeout=10) as line:
        line.send_message(mail, "carla@example.com", [ADDRESS])
    page = town.sits("ada", f"/c/open/{town.number_of('A lamp with its picture')}/")
    thumb = page.locator("#thread img.thumb")
    expect(thumb).to_have_js_property("naturalWidth", 1)
    expect(thumb).to_have_attribute("alt", "crack.png")
    page.get_by_text("As it was sent").click()
    inside = page.frame_locator(".sent-frame").locator("img")
    expect(inside).to_have_attribute("src", re.compile("^data:image/png;base64,"))
