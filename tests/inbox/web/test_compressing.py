"""Pages go out compressed to browsers that take them so; streams do not."""

import gzip

from tests.inbox.desk_of_five import Desk, browser

TAKES = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_who_takes_it_so(desk: Desk) -> None:
    desk.problem()
    page = browser(desk.ada).get("/c/open/", headers=TAKES)
    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]
    whole = gzip.decompress(page.content)
    assert b"A broken lamp" in whole
    assert len(page.content) < len(whole) / 2
    assert "Content-Encoding" not in browser(desk.ada).get("/c/open/").headers


def test_a_stream_stays_as_it_is(desk: Desk) -> None:
    said = browser(desk.ada).get("/events", headers=TAKES)
    assert said.streaming
    assert "Content-Encoding" not in said.headers
