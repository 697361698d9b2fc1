"""What axe finds in a page, by day and by night."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE = {"width": 390, "height": 844}
# axe judges text over gradients and pictures as "incomplete", which is not a violation. Into the frame of a mail, where
# nothing may run, it cannot look.
EVERYTHING = {
    "iframes": False,
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The rules that look at colours: by night all others would say what they said by day.
COLOURS = {
    "iframes": False,
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RUN = "(options) => axe.run(document, options).then((results) => results.violations)"
AXE = Axe().axe_script


def faults(page: Page) -> Iterator[str]:
    """Everything that axe finds, by day and by night."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    yield from (f"light {fault}" for fault in found(page))
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    yield from (f"dark {fault}" for fault in found(page, COLOURS))


def found(page: Page, rules: dict[str, Any] = EVERYTHING) -> list[str]:
    """What axe finds in a page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate(RUN, rules)
    return [f"{each['id']}: {node['html'][:160]}" for each in violations for node in each["nodes"]]
