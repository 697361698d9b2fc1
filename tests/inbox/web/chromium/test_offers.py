"""Ada writes with what is offered to her: a canned answer by a slash, by keyboard alone, with all that it does."""

import pytest
from playwright.sync_api import expect

from tests.inbox.web.chromium.looks import PHONE, faults
from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium


def test_she_writes_one_down_and_sends_it_by_a_slash_with_what_it_does(town: Town) -> None:
    page = town.sits("ada", "/answers/new/")
    page.get_by_label("Name", exact=True).fill("Broken lamp")
    page.get_by_label("Text", exact=True).fill("Hello {{customer|there}}, another lamp comes. {{agent}}")
    page.get_by_label("Tags").fill("lamp, replaced")
    page.get_by_label("What follows").select_option("solved")
    assert list(faults(page)) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Broken lamp")).to_be_visible()
    assert list(faults(page)) == []
    town.arrives(page, "A lamp and a slash")
    text = page.get_by_label("Text of the reply")
    text.press_sequentially("Good day. see a/b /lam")
    option = page.get_by_role("option", name="Broken lamp")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(text).to_have_attribute("aria-activedescendant", "offer-1")
    assert list(faults(page)) == []
    page.keyboard.press("Enter")
    expect(text).to_have_value("Good day. see a/b Hello Carla, another lamp comes. Ada")
    expect(text).to_be_focused()
    expect(option).to_have_count(0)
    chips = page.locator("#along li")
    expect(chips).to_have_text(["lamp", "replaced", "it is solved"])
    expect(page.get_by_role("button", name="Send and wait")).to_have_count(0)
    page.get_by_role("button", name="Not this: lamp").click()
    assert list(faults(page)) == []
    text.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg-ours", has_text="Hello Carla, another lamp comes.")).to_be_visible()
    number = town.number_of("A lamp and a slash")
    assert town.sql("SELECT tags, state FROM inbox_conversation WHERE number = %s", number) == [
        (["replaced"], "solved")
    ]


def test_escape_and_a_word_that_fits_nothing_leave_the_text_alone(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and no slash")
    town.sql(
        'INSERT INTO inbox_cannedanswer (name, text, tags, "then", reason, note, changed_at)'
        " VALUES ('Zebra crossing', 'Stripes', '{}', '', '', '', now())"
    )
    text, offers = page.get_by_label("Text of the reply"), page.locator("#offers")
    text.press_sequentially("/zeb")
    expect(offers).to_be_visible()
    page.keyboard.press("Escape")
    expect(offers).to_be_hidden()
    expect(text).to_have_value("/zeb")
    text.press_sequentially("r")
    expect(offers).to_be_visible()
    text.press_sequentially("x")
    expect(offers).to_be_hidden()
    page.keyboard.press("Enter")
    expect(text).to_have_value("/zebrx\n")


def test_on_a_phone_and_in_russian_the_list_fits(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A slash on a phone")
    town.sql(
        'INSERT INTO inbox_cannedanswer (name, text, tags, "then", reason, note, changed_at)'
        " VALUES (%s, %s, '{red}', '', '', '', now())",
        "Очень" * 14,
        "Здравствуйте" * 30,
    )
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.context.add_cookies([{"name": "django_language", "value": "ru", "url": town.base}])
    try:
        page.reload()
        page.locator("#text").press_sequentially("/очень")
        page.locator("#offers [role=option]").first.click()
        expect(page.get_by_text("Отправка также делает:")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert list(faults(page)) == []
    finally:
        page.context.clear_cookies(name="django_language")


def test_in_a_note_a_colleague_is_named_told_and_marked(town: Town) -> None:
    page = town.arrives(town.sits("ada"), "A lamp and a colleague")
    page.get_by_role("tab", name="Note").click()
    note = page.get_by_label("Text of the note")
    note.press_sequentially("Look at this, @sa")
    option = page.get_by_role("option", name="Sam")
    expect(option).to_be_visible()
    assert list(faults(page)) == []
    page.keyboard.press("Tab")
    expect(note).to_have_value("Look at this, @sam ")
    note.press_sequentially("please @kim")
    expect(page.locator("#offers")).to_be_hidden()
    page.get_by_role("button", name="Leave note").click()
    expect(page.locator(".note .mention", has_text="@sam")).to_be_visible()
    assert list(faults(page)) == []
    notices = town.sits("sam", "/notices/")
    expect(
        notices.locator("li", has_text="A lamp and a colleague").get_by_text("You are named in a note: Ada")
    ).to_be_visible()
