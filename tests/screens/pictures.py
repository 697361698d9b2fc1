"""The main screens, light, dark and on a phone: pictures for people to look at."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from config import needs
from tests.config.desk import end, start
from tests.inbox.web.chromium.town import FLAGS, Town, people_of
from tests.screens.day import MAILS, lives_through

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = {"light": ("light", DESK), "dark": ("dark", DESK), "phone": ("light", PHONE)}
# Who sees it, and where it is; `TALK` stands for the first conversation, `CUSTOMER` for its customer, `HANDED`
# for one that was passed on.
SCREENS = {
    "conversation": ("ada", "/c/open/TALK/"),
    "passed-on": ("ada", "/c/open/HANDED/"),
    "list": ("ada", "/c/open/"),
    "search": ("ada", "/search/?q=lamp"),
    "customer": ("ada", "/customers/CUSTOMER/"),
    "notices": ("ada", "/notices/"),
    "my-page": ("ada", "/me/"),
    "board": ("sam", "/board/"),
    "shifts": ("sam", "/shifts/"),
    "month": ("max", "/reports/month/"),
    "channels": ("kim", "/channels/"),
}


def take(folder: Path) -> list[Path]:
    """Make them in this folder, and return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="otvet-screens-") as place:
        running = start(Path(place) / "data")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=needs.browser(), args=FLAGS)
                town = Town(running, browser, people_of(running))
                lives_through(town)
                pictures = _all(town, folder)
                browser.close()
        finally:
            end(running)
    return pictures


def _all(town: Town, folder: Path) -> list[Path]:
    talk = town.number_of(next(iter(MAILS)))
    customer = (
        "SELECT c.number FROM inbox_customer c JOIN inbox_conversation o ON o.customer_id = c.id WHERE o.number = %s"
    )
    handed = town.number_of("Invoice without our tax number")
    places = {"TALK": str(talk), "HANDED": str(handed), "CUSTOMER": str(town.sql(customer, talk)[0][0])}
    pictures = []
    for screen, (name, path) in SCREENS.items():
        for word, value in places.items():
            path = path.replace(word, value)
        for look, (scheme, size) in LOOKS.items():
            page = town.sits(name)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two
            page.set_viewport_size(size)  # type: ignore[arg-type]  # a size
            page.goto(town.base + path)
            page.wait_for_load_state("load")
            page.wait_for_selector("body[data-live=on]")
            page.locator(".sk:visible").first.wait_for(state="detached")
            pictures.append(folder / f"{screen}-{look}.png")
            page.screenshot(path=pictures[-1])
            page.close()
    return pictures
