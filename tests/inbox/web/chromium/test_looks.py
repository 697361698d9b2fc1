"""Every page, for every role, in both themes and on a phone: nothing that axe finds, nothing that sticks out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.inbox.web.chromium.looks import PHONE, faults, found
from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium

EVERYBODY = ["/me/", "/street/", "/street/x/", "/street/facebook/", "/nothing-here/"]
WORK = [
    "/c/mine/",
    "/c/queue/",
    "/c/promises/",
    "/c/drafts/",
    "/c/snoozed/",
    "/c/open/",
    "/c/pending/",
    "/c/solved/",
    "/search/?q=lamp",
    "/search/?q=zzz",
    "/outside/",
    "/must-be-solved/",
    "/notices/",
    "/guidelines/",
    "/answers/",
    "/answers/new/",
    "/views/",
    "/views/new/?q=lamp",
    "TALK",
]
WATCH = [
    *("/held/quarantine/", "/held/unreadable/", "/channels/", "/reports/ledger/"),
    *("/reports/month/", "/reports/month/2026-11/opened/1/0/"),
    *(
        "/board/",
        "/board/1/people/1/",
        "/board/capacity/1/",
        "/service/",
        "/service/rules/new/",
        "/service/topics/new/",
    ),
]
DECIDE = [
    *("/service/policies/1/", "/service/policies/new/", "/service/plans/new/", "/service/channels/1/"),
    *("/guidelines/new/", "/guidelines/1/"),
]
OFFICE = [
    "/channels/",
    "/channels/new/email/",
    "/channels/1/",
    "/channels/new/twitter/",
    "/channels/apps/new/twitter/",
    "/channels/apps/new/facebook/",
    "/channels/apps/1/",
    "/channels/2/",
    "/people/",
    "/people/new/",
    "/people/1/",
    "/people/teams/new/",
    "/people/levels/1/",
    "/people/brands/1/",
    "/reports/ledger/",
    "/c/open/",
]
PLACES = {
    "ada": [*WORK, *EVERYBODY, "/people/", "/handover/", "/shifts/"],
    "sam": ["/shifts/", "/shifts/people/1/", "/shifts/teams/1/", "/handover/", *WORK, *WATCH],
    "max": [*WATCH, *DECIDE, "/c/open/", "/guidelines/"],
    "kim": [*OFFICE, *EVERYBODY],
}


@pytest.fixture(scope="module")
def lamp(town: Town) -> str:
    """A conversation with everything in it: answer, note, quoted text, a file, and words that do not end."""
    page = town.sits("ada")
    town.post(
        "A lamp " + "without-end" * 20,
        text="It is broken.\n\n" + "W" * 300 + "\n\nOn 1 Nov 2026 at 10:00, Ada wrote:\n> one\n> two\n> three\n",
        html="<p>It is <b>broken</b>.</p>",
        From=f"Carla {'Verylong' * 12} <carla@example.com>",
    )
    number = town.number_of("A lamp without-end")
    page.goto(f"{town.base}/c/open/{number}/")
    page.get_by_role("tab", name="Note").click()
    page.get_by_label("Text of the note").fill("She is right")
    page.get_by_role("button", name="Leave note").click()
    page.wait_for_selector(".note")
    page.get_by_label("Text of the reply").fill("Another one is on its way.")
    page.get_by_role("button", name="Send and wait").click()
    page.wait_for_selector(".msg-ours")
    page.close()
    return f"/c/open/{number}/"


def pages(town: Town, name: str, lamp: str) -> Iterator[tuple[str, Page]]:
    page = town.sits(name)
    for path in PLACES[name]:
        page.goto(town.base + (lamp if path == "TALK" else path))
        yield path, page


@pytest.mark.parametrize("name", list(PLACES))
def test_on_no_page_axe_finds_anything_and_none_is_wider_than_a_phone(town: Town, name: str, lamp: str) -> None:
    wrong = []
    for path, page in pages(town, name, lamp):
        wrong += [f"{path} {fault}" for fault in faults(page)]
        desk = page.viewport_size
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wrong.append(f"{path} is wider than a phone")
        if page.locator(".dock").count() and path != "TALK" and not page.locator(".dock").is_visible():
            wrong.append(f"{path} has no dock on a phone")
        page.set_viewport_size(desk)  # type: ignore[arg-type]  # as before
    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_while_rows_are_ticked(town: Town, lamp: str) -> None:
    assert lamp
    page = town.sits("sam", "/c/pending/")
    page.emulate_media(reduced_motion="reduce")
    page.locator(".item-coin").first.click()
    page.wait_for_selector("#tick-all")
    wrong = found(page)
    for key, field in (("a", "note"), ("l", "tags"), ("s", "snooze")):
        page.keyboard.press(key)
        page.wait_for_selector(f"#bulk [name={field}]")
        wrong += found(page)
        page.keyboard.press("Escape")
    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_before_signing_in(town: Town) -> None:
    page = town.stranger("/accounts/login/")
    wrong = found(page)
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("[role=alert]")
    wrong += found(page)
    page.goto(f"{town.base}/link/ended/")
    assert wrong + found(page) == []


def test_on_a_phone_one_goes_from_list_to_talk_and_back(town: Town, lamp: str) -> None:
    page = town.sits("ada")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    page.goto(town.base + "/c/pending/")
    page.locator(".item-body").first.click()
    page.wait_for_selector("#talk")
    assert not page.locator("#list").is_visible()
    assert page.locator(".composer").is_visible()
    page.get_by_label("To the list").click()
    page.wait_for_selector("#list", state="visible")
    assert not page.locator("#talk").is_visible()


def test_every_control_is_reached_by_tab_and_shows_that_it_is(town: Town, lamp: str) -> None:
    page = town.sits("ada", lamp)
    wanted = page.locator("a:visible, button:visible, summary:visible, input:visible, textarea:visible").count()
    reached, unseen = set(), []
    for _step in range(wanted + 20):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " const around = e.closest('.find, .composer, label');"
            " const t = around ? getComputedStyle(around) : s;"
            " return [e.outerHTML.slice(0, 120), s.outlineStyle !== 'none' || t.outlineStyle !== 'none'"
            " || t.boxShadow !== 'none'] })()"
        )
        reached.add(here[0])
        if not here[1] and not here[0].startswith("<body"):
            unseen.append(here[0])
    assert unseen == []
    assert len(reached) >= wanted - 2, "some controls look alike, but hardly more than two"


def test_single_keys_work_by_their_place_on_the_keyboard(town: Town, lamp: str) -> None:
    page = town.sits("ada", lamp)
    page.wait_for_selector("body[data-live]")
    # What a Russian layout sends for the key that carries "n": another letter at the same place.
    press = (
        "(code) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code, key: 'т', bubbles: true}))"
    )
    page.evaluate(press, "KeyN")
    assert page.evaluate("document.activeElement.id") == "note"
    page.evaluate("document.activeElement.blur()")
    page.evaluate(press, "KeyR")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("jkrn/")
    assert page.get_by_label("Text of the reply").input_value() == "jkrn/"
    page.get_by_label("Text of the reply").fill("")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(press, "Slash")
    assert page.evaluate("document.activeElement.id") == "find"
    page.goto(town.base + "/c/pending/")
    page.wait_for_selector(".item")
    page.evaluate(press, "KeyJ")
    assert page.evaluate("document.activeElement.className") == "item-body"
