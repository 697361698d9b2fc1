"""A customer calls us on X, and is answered there: in a real browser, on the street and at the desk."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from connectors.sandbox.x.street import far_street
from tests.inbox.web.chromium.looks import PHONE, faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium

LONG = "We will send you a new lamp, and a shade. " * 12
ARRIVES = 30_000  # milliseconds, generous


def says_on_x(town: Town, text: str, *, private: bool = False) -> None:
    """Carla says it on the street."""
    page = town.sits("ada", "/street/x/")
    page.get_by_label("Your user name").fill("carla")
    page.get_by_label("Where").select_option("private" if private else "public")
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Said. The company hears of it in a moment.")).to_be_visible()
    page.close()


def talk_about(town: Town, words: str) -> Page:
    """Ada's window with the conversation in which this was said, once it is there."""
    found = (
        "SELECT c.number FROM inbox_conversation c JOIN inbox_message m ON m.conversation_id = c.id"
        " WHERE strpos(m.text, %s) > 0"
    )
    until(lambda: town.sql(found, words), f"{words} has arrived")
    page = town.sits("ada", f"/c/open/{town.sql(found, words)[0][0]}/")
    page.wait_for_selector("#thread .msg")
    return page


@pytest.fixture(scope="module")
def called(town: Town) -> str:
    """The words of a post that calls us, and a second one of another customer is not there."""
    words = "my red lamp arrived broken"
    says_on_x(town, f"@demo {words}")
    return words


@pytest.fixture
def talk(town: Town, called: str) -> Page:
    return talk_about(town, called)


def test_who_can_read_it_is_said_before_one_writes(talk: Page) -> None:
    expect(talk.get_by_text("everybody can read it")).to_be_visible()
    expect(talk.get_by_role("tab", name="Reply in public, X (Twitter)")).to_be_visible()
    assert list(faults(talk)) == []


def test_a_long_answer_shows_its_parts_and_goes_out_once_they_were_seen(town: Town, talk: Page) -> None:
    text = talk.get_by_label("Text of the reply")
    text.fill("лампа 👍")
    expect(talk.locator(".counter")).to_have_text("8 / 280")
    text.fill(LONG)
    expect(talk.get_by_text("goes out as 2 messages")).to_be_visible()
    talk.get_by_text("goes out as 2 messages").click()
    expect(talk.locator(".split-parts li")).to_have_count(2)
    assert list(faults(talk)) == []
    talk.get_by_role("button", name="Send and wait").click()
    expect(talk.locator(".msg-ours", has_text="We will send you a new lamp")).to_be_visible()
    street = town.sits("ada", "/street/x/")
    said = street.locator("article .said", has_text="We will send you a new lamp")

    def is_there() -> bool:
        street.reload()
        return said.count() == 2

    until(is_there, "both parts are on X")


def test_an_answer_in_private_is_offered_by_the_keyboard_too(town: Town, talk: Page) -> None:
    talk.get_by_label("Text of the reply").fill("What is your order number?")
    ways = talk.get_by_label("Other ways to send")
    ways.focus()
    talk.keyboard.press("Enter")
    offer = talk.get_by_role("button", name="Answer in private")
    expect(offer).to_be_visible(timeout=ARRIVES)
    assert list(faults(talk)) == []
    offer.focus()
    talk.keyboard.press("Enter")
    expect(talk.get_by_text(re.compile(r"It goes out in private, in conversation #\d+"))).to_be_visible()


def test_a_message_in_private_says_so(town: Town) -> None:
    says_on_x(town, "Where is my blue lamp?", private=True)
    page = talk_about(town, "Where is my blue lamp?")
    expect(page.get_by_role("tab", name="Reply by X (Twitter)")).to_be_visible()
    expect(page.get_by_text("everybody can read it")).to_have_count(0)


def test_a_network_is_on_a_phone_and_in_russian(town: Town, called: str) -> None:
    page = talk_about(town, called)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.context.add_cookies([{"name": "django_language", "value": "ru", "url": town.base}])
    try:
        for path in (page.url, f"{town.base}/outside/", f"{town.base}/street/x/", f"{town.base}/street/facebook/"):
            page.goto(path)
            assert page.evaluate("document.documentElement.lang") == "ru", path
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
            assert list(faults(page)) == [], path
    finally:
        page.context.clear_cookies(name="django_language")


def test_on_a_phone_the_parts_and_all_ways_to_send_are_in_sight(town: Town, talk: Page) -> None:
    talk.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    talk.get_by_label("Text of the reply").fill(LONG)
    talk.get_by_text("goes out as 2 messages").click()
    for place in (talk.locator(".split-parts li").first, talk.get_by_label("Other ways to send")):
        expect(place).to_be_in_viewport(ratio=1)
        box = place.bounding_box()
        assert box is not None
        assert place.evaluate(
            "(e, [x, y]) => e.contains(document.elementFromPoint(x, y))", [box["x"] + 20, box["y"] + 5]
        )
    talk.get_by_label("Text of the reply").fill("")


def test_what_was_said_elsewhere_is_written_down_answered_and_marked(town: Town) -> None:
    page = town.sits("ada", "/outside/")
    page.get_by_label("Who wrote").fill("Carla")
    page.get_by_label("Where", exact=True).fill("My WhatsApp")
    page.get_by_label("What he said").fill("My green lamp is broken")
    page.get_by_label("Files").set_input_files({"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"green"})
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Written down. Answer here")).to_be_visible()
    expect(page.locator(".file", has_text="lamp.txt")).to_be_visible()
    expect(page.get_by_label("Text of the reply")).to_have_value(re.compile("Next time please write to"))
    page.get_by_label("Text of the reply").fill("A new one is on its way.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Give it there yourself, then mark it")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the text").click()
    assert page.evaluate("navigator.clipboard.readText()") == "A new one is on its way."
    assert list(faults(page)) == []
    page.get_by_role("button", name="Given there").click()
    expect(page.get_by_text("Give it there yourself, then mark it")).to_have_count(0)


def x_does(town: Town, **how: object) -> None:
    """The X of the street misbehaves, or behaves again."""
    port = int((town.running.data / "sandbox" / "x" / "port.json").read_text())
    far_street(port, "misbehave", **how)


def on_facebook(town: Town, verb: str, **given: str) -> str:
    """Something takes place on the Facebook of the street. Return its id."""
    port = int((town.running.data / "sandbox" / "facebook" / "port.json").read_text())
    answer = requests.post(f"http://127.0.0.1:{port}/_street/{verb}", json=given, timeout=30)
    assert answer.ok, answer.text
    return str(answer.json())


@pytest.fixture
def costly(town: Town) -> Iterator[Callable[[int], None]]:
    """Lets the channel on X have spent so many per cent of a budget beside which what it really costs is nothing."""
    town.sql("UPDATE inbox_spending SET cost = 0")

    def spend(percent: int) -> None:
        town.sql("UPDATE inbox_channel SET monthly_cap = 1000000000 WHERE kind = 'twitter'")
        town.sql(
            "INSERT INTO inbox_spending (channel_id, month, price, units, cost)"
            " SELECT id, date_trunc('month', now() AT TIME ZONE 'UTC')::date, 'test', 1, %s FROM inbox_channel"
            " WHERE kind = 'twitter' ON CONFLICT (channel_id, month, price) DO UPDATE SET cost = excluded.cost",
            percent * 10_000_000,
        )

    yield spend
    town.sql("UPDATE inbox_channel SET monthly_cap = NULL, poll_at = now() WHERE kind = 'twitter'")
    town.sql("DELETE FROM inbox_spending WHERE price = 'test'")


def test_what_is_spent_of_a_budget_is_said_before_and_when_it_is_gone(
    town: Town, called: str, costly: Callable[[int], None]
) -> None:
    costly(85)
    page = town.sits("kim", "/channels/")
    expect(page.locator("td .bar", has_text="has spent 85 % of its budget of this month")).to_be_visible()
    assert list(faults(page)) == []
    costly(100)
    page.reload()
    expect(page.locator("td .bar", has_text="has spent its budget of this month (100 %)")).to_be_visible()
    page.get_by_role("link", name="Change the budget").click()
    expect(page.get_by_label("budget")).to_be_visible()


def test_a_channel_without_credits_is_paused_and_says_what_to_do(town: Town, called: str) -> None:
    x_does(town, answer="402")
    try:
        town.sql("UPDATE inbox_channel SET poll_at = now() WHERE kind = 'twitter'")
        until(lambda: town.sql("SELECT 1 FROM inbox_channel WHERE state = 'paused'"), "X has paused the channel", 60)
        page = town.sits("kim", "/channels/")
        expect(page.locator("td .bar", has_text="Buy credits at developer.x.com")).to_be_visible()
        assert list(faults(page)) == []
        phone = town.sits("sam", "/c/open/")
        phone.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
        alarm = phone.locator("summary:visible", has_text="alarm")
        until(lambda: bool(phone.reload()) and alarm.count(), "the team is told", 60)
        alarm.click()
        expect(phone.locator("li.bar:visible", has_text="Answers wait, none is lost.")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert list(faults(phone)) == []
    finally:
        x_does(town)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("paused", exact=True)).to_have_count(0)
    expect(page.get_by_text("is paused:")).to_have_count(0)


def test_one_person_on_two_channels_is_linked_reached_elsewhere_and_parted_again(town: Town) -> None:
    on_facebook(town, "write", person="Dora", text="My yellow lamp is late. Write to dora@example.com")
    town.post("The yellow lamp", From="Dora <dora@example.com>")
    town.number_of("The yellow lamp")
    page = talk_about(town, "My yellow lamp is late")
    page.get_by_role("button", name="The same person").click()
    expect(page.locator("#side").get_by_text("The yellow lamp")).to_be_visible()
    town.sql(
        "UPDATE inbox_conversation SET last_incoming_at = now() - interval '8 days' WHERE preview LIKE 'My yellow%%'"
    )
    page.reload()
    shut = page.locator(".winbar", has_text="The provider lets nobody answer any more since")
    expect(shut).to_contain_text("Until then he can be written to elsewhere: dora@example.com")
    expect(page.get_by_label("Text of the reply")).to_be_disabled()
    assert list(faults(page)) == []
    shut.get_by_role("link").click()
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_role("button", name="Undo the merge")).to_have_count(0)
    assert list(faults(page)) == []
    page = talk_about(town, "My yellow lamp is late")
    expect(page.locator(".winbar:visible")).to_contain_text("No other way to him is known")


def test_a_comment_is_hidden_and_shown_again_by_a_supervisor(town: Town) -> None:
    post = on_facebook(town, "page_post", text="We are open again")
    on_facebook(town, "comment", person="Egon", post=post, text="Buy cheap lamps of me")
    page = talk_about(town, "Buy cheap lamps of me")
    expect(page.get_by_role("button", name="Hide it from the public")).to_have_count(0)
    page = town.sits("sam", page.url.removeprefix(town.base))
    page.get_by_role("button", name="Hide it from the public").click()
    expect(page.get_by_text("hidden from the public")).to_be_visible()
    assert list(faults(page)) == []
    street = town.sits("sam", "/street/facebook/")
    expect(street.locator("article", has_text="Buy cheap lamps of me").last).to_contain_text("hidden")
    page.get_by_role("button", name="Show it to the public again").click()
    expect(page.get_by_role("button", name="Hide it from the public")).to_be_visible()


def test_an_account_is_connected_again_on_the_page_of_the_network(town: Town) -> None:
    number = town.sql("SELECT id FROM inbox_channel WHERE kind = 'twitter'")[0][0]
    page = town.sits("kim", f"/channels/{number}/")
    window = town.windows[-1]
    assert list(faults(page)) == []
    page.get_by_role("button", name="Ask the owner again").click()
    page.get_by_label("@demo").check()
    page.get_by_role("button", name="Authorize app").click()
    expect(page.get_by_text("Connected. What customers write is on its way in.")).to_be_visible()
    assert page.url.startswith(f"{town.base}/channels/")
    assert list(faults(page)) == []
    assert {urlsplit(url).path for url in window.elsewhere} == {"/i/oauth2/authorize"}
    window.elsewhere.clear()
