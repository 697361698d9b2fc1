"""Ada is about to send a customer elsewhere: she is told while she types, stopped, and has a reason."""

import pytest
from playwright.sync_api import Route, expect

from tests.inbox.web.chromium.looks import PHONE, faults
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium

RULE_1 = "He has already written to us. Do not send him elsewhere."


def test_she_is_stopped_overrides_with_a_reason_and_sees_it_kept(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a law")
    text = page.get_by_label("Text of the reply")
    text.fill("Please send the signed form by letter to our head office.")
    expect(page.get_by_text(RULE_1)).to_be_visible()
    flag = page.locator("#under .flag")
    expect(flag).to_have_text("send the signed form by letter to our head office")
    assert list(faults(page)) == []
    text.press("Home")
    text.press_sequentially("Hello. ")
    expect(flag).to_have_text("send the signed form by letter to our head office")
    text.fill("Please send the signed form by letter to our head office.")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.get_by_role("alert").get_by_text("A guideline stands in the way")).to_be_visible()
    expect(text).to_have_value("Please send the signed form by letter to our head office.")
    expect(page.locator(".msg-ours")).to_have_count(0)
    text.fill("Please send nothing.")
    expect(page.get_by_text("A guideline stands in the way")).to_be_hidden()
    text.fill("Please send the signed form by letter to our head office.")
    expect(page.get_by_text("A guideline stands in the way")).to_be_visible()
    page.get_by_text("There is a reason to send it…").click()
    page.get_by_label("Reason").select_option("law")
    words = page.get_by_label("In words: it stays on the message")
    words.press_sequentially("The bank wants a signature")
    text.press("End")
    text.press_sequentially(" Thank you.")
    expect(page.locator("#courtesy details.insist")).to_have_attribute("open", "")
    expect(words).to_have_value("The bank wants a signature")
    assert list(faults(page)) == []
    words.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg-ours", has_text="Thank you.")).to_be_visible()
    expect(text).to_have_value("")
    expect(page.locator(".courtesy")).to_have_count(0)
    expect(page.get_by_text("Sent in spite of the guideline “Sending him elsewhere”")).to_be_visible()
    expect(page.get_by_text("such as a signed statement: The bank wants a signature")).to_be_visible()
    assert list(faults(page)) == []


def test_while_it_is_sent_again_nothing_says_that_it_was_not(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a second try")
    text, send = page.get_by_label("Text of the reply"), page.get_by_role("button", name="Send and wait")
    text.fill("Please call our hotline!")
    send.click()
    refused = page.get_by_text("Your text has not been sent.")
    expect(refused).to_be_visible()
    text.fill("We call you.")
    held: list[Route] = []
    page.route("**/reply/", lambda route: held.append(route))
    send.click()
    expect(refused).to_have_count(0)
    until(lambda: page.evaluate("1") and held, "it is on its way")
    held[0].continue_()
    expect(page.locator(".msg-ours", has_text="We call you.")).to_be_visible()
    expect(text).to_have_value("")


def test_one_click_puts_the_better_wording_in_place(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a better word")
    text = page.get_by_label("Text of the reply")
    text.fill("Good day. You hear from us as soon as possible. Please call our hotline!")
    expect(page.get_by_text(RULE_1)).to_be_visible()
    page.locator(".courtesy[data-kind=prefer]").get_by_role("button", name="Put it there").click()
    expect(text).to_have_value("Good day. You hear from us by 18:00 today. Please call our hotline!")
    page.locator(".courtesy[data-kind=block]").get_by_role("button", name="Put it there").click()
    expect(page.get_by_text(RULE_1)).to_have_count(0)
    expect(text).to_be_focused()
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="by 18:00 today")).to_be_visible()


def test_a_warning_asks_once(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a warning")
    page.get_by_label("Text of the reply").fill("You should have read the instructions.")
    expect(page.get_by_text("Who is to blame helps nobody.")).to_be_visible()
    page.get_by_role("button", name="Send and wait").click()
    expect(page.get_by_role("alert").get_by_text("If it is meant like that, send it again.")).to_be_visible()
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".msg-ours", has_text="You should have read")).to_be_visible()


def test_a_manager_tries_a_phrase_before_he_saves_it(town: Town) -> None:
    page = town.sits("max", "/guidelines/new/")
    page.get_by_label("Phrases, one a line").fill("as i (have) said")
    page.get_by_label("Name", exact=True).fill("Repeating")
    page.get_by_label("Reason", exact=True).fill("He heard it.")
    page.get_by_label("What it does").select_option("warn")
    page.get_by_label("What an agent might write").fill("As I said, it comes.")
    expect(page.locator("#tried-result").get_by_text("He heard it.")).to_be_visible()
    assert list(faults(page)) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Repeating")).to_be_visible()


def test_on_a_phone_and_in_russian_it_fits(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp in Russian, on a phone")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.context.add_cookies([{"name": "django_language", "value": "ru", "url": town.base}])
    try:
        page.reload()
        page.locator("#text").fill("Напишите нам на почту, " + "очень" * 30)
        expect(page.get_by_text("Клиент уже написал нам.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert list(faults(page)) == []
    finally:
        page.context.clear_cookies(name="django_language")


def test_who_writes_to_a_customer_first_is_told_while_he_types_too(town: Town) -> None:
    town.arrives(town.sits("ada"), "A lamp to be called back").close()
    customer = town.sql("SELECT number FROM inbox_customer WHERE name = 'Carla' LIMIT 1")[0][0]
    page = town.sits("ada", f"/customers/{customer}/")
    page.get_by_label("Why we write first").fill("The lamp is back")
    page.get_by_label("Subject").fill("Your lamp is back")
    text = page.locator("#text")
    text.press_sequentially("Please call our hotline!")
    expect(page.get_by_text(RULE_1)).to_be_visible()
    assert list(faults(page)) == []
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert").get_by_text("A guideline stands in the way")).to_be_visible()
    expect(text).to_have_value("Please call our hotline!")
    page.locator(".courtesy[data-kind=block]").get_by_role("button", name="Put it there").click()
    expect(page.get_by_text(RULE_1)).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".msg-ours")).to_be_visible()
