"""Mails that want to run, load, cover or send something: they are shown, and nothing of it happens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.inbox.web.chromium.hostile import DISGUISES, mails
from tests.inbox.web.chromium.town import Town
from tests.waiting import until

pytestmark = pytest.mark.chromium
FORBIDDEN = "script, iframe, object, embed, form, input, link, base[href], meta[http-equiv], [href^=java], [src^=http]"
REFERENCE = """
SELECT p.reference FROM inbox_providerid p JOIN inbox_message m ON m.id = p.message_id
JOIN inbox_conversation c ON c.id = m.conversation_id WHERE c.number = %s ORDER BY m.id
"""
SHOW_ALL = """() => {
    for (const shown of document.querySelectorAll(".msg-more > details.as-sent")) {
        shown.querySelector("iframe").loading = "eager";
        shown.open = true;
    }
}"""


def test_there_are_two_hundred_of_them() -> None:
    assert len({mail for disguise in DISGUISES for mail in mails(disguise, ours="")}) >= 200


@pytest.mark.parametrize("disguise", DISGUISES)
def test_nothing_in_a_mail_runs_loads_or_leaves(town: Town, disguise: Callable[[str], str]) -> None:
    name = disguise.__name__
    hostile = mails(disguise, ours=town.base)
    town.post(f"Hostile, {name}")
    number = town.number_of(f"Hostile, {name}")
    first = f"<{town.sql(REFERENCE, number)[0][0]}>"
    for n, html in enumerate(hostile):
        shown = f"<p>Formatted {n}.</p>{html}"
        town.post(f"Re: Hostile, {name}", text=f"{html}\n\nPlain {n}.", html=shown, In_Reply_To=first)
    until(lambda: len(town.sql(REFERENCE, number)) > len(hostile), "all of them are in the conversation", seconds=120)
    page = town.sits("ada")
    asked = asked_by_mails(page)
    page.goto(f"{town.base}/c/open/{number}/?end")
    expect(page.locator(".msg-more > details.as-sent")).to_have_count(len(hostile))
    page.evaluate(SHOW_ALL)
    for n in range(len(hostile)):
        frame = page.frame_locator(".msg-more iframe.sent-frame").nth(n)
        expect(frame.get_by_text(f"Formatted {n}.", exact=True)).to_be_visible()
        assert frame.locator(FORBIDDEN).count() == 0, hostile[n]
    assert page.evaluate("window.__p") is None
    expect(page.locator(".rail")).to_be_visible()
    assert len(asked) == len(hostile), asked
    assert all(url.startswith(f"{town.base}/formatted/{number}/") for url in asked), asked


def asked_by_mails(page: Page) -> list[str]:
    """What is asked for by a frame, or as a picture, or leads the page away."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.frame != page.main_frame or (request.resource_type == "image" and "/static/" not in request.url):
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_script_in_every_field_is_shown_as_it_is_written(town: Town) -> None:
    name = "<img src=x onerror=alert(1)>"
    town.post("<script>alert(1)</script> & more", From=f'"{name}" <carla@example.com>', text="<b>not bold</b>")
    number = town.number_of("<script>alert(1)</script> & more")
    page = town.sits("ada", f"/c/open/{number}/")
    expect(page.locator(".talk-name")).to_have_text("<script>alert(1)</script> & more")
    expect(page.locator(".said")).to_have_text("<b>not bold</b>")
    page.goto(f"{town.base}/search/?q={name}")
    expect(page.locator("h1")).to_contain_text(name)
