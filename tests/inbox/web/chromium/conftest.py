"""One started desk and one Chromium for all tests that look at pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

from config import needs, throwaway
from tests.config.desk import end, start
from tests.inbox.web.chromium.town import FLAGS, Town, people_of

expect.set_options(timeout=30_000)  # milliseconds: a slow machine is no fault of the page


# Playwright keeps an event loop in this thread, beside which Django's database refuses to work: so it ends with
# the folder.
@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data = tmp_path_factory.mktemp("town") / "data"
    throwaway.copy_tables(data / "postgres")
    running = start(data)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=needs.browser(), args=FLAGS)
            made = Town(running, browser, people_of(running))
            # What is new waits in the queue, unless a test says that somebody has room: who gets it is its affair.
            made.sql("UPDATE inbox_agent SET capacity = 0")
            yield made
            browser.close()
    finally:
        end(running)


@pytest.fixture(autouse=True)
def _nothing_goes_wrong_in_the_browser(town: Town) -> Iterator[None]:
    """No page may complain, open a dialog, break its policy, or ask anybody but us for anything."""
    yield
    windows, town.windows = town.windows, []
    for window in windows:
        window.page.close()
    town.sql("UPDATE inbox_agent SET panes = '{}'")  # how somebody likes his desk is no affair of the next test
    assert [complaint for window in windows for complaint in window.complaints] == []
    assert [url for window in windows for url in window.elsewhere] == []
