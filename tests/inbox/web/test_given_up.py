"""What a browser does not wait for any more ends in the database, too."""

import asyncio
from io import BytesIO
from threading import Thread
from types import SimpleNamespace

import pytest
from django.core.exceptions import RequestAborted
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory

from config.asgi import Handler
from inbox.database import direct_connection
from inbox.web import given_up
from inbox.web.given_up import GivenUp, may_be_given_up, work_of
from tests.inbox.desk_of_five import Desk, browser
from tests.waiting import until

RUNS = "SELECT 1 FROM pg_stat_activity WHERE query = %s AND state = 'active'"


def gives_up(request: HttpRequest) -> None:
    work = work_of(request)
    assert work
    work.give_up()


def given_up_while(sql: str, request: HttpRequest) -> Thread:
    """Somebody who gives the request up as soon as this statement runs."""

    def wait() -> None:
        with direct_connection() as beside:
            until(lambda: bool(beside.execute(RUNS, [sql]).fetchall()), "it runs")
            gives_up(request)

    thread = Thread(target=wait)
    thread.start()
    return thread


def test_the_statement_that_runs_ends_and_none_follows_it(db: None) -> None:
    request, sql = RequestFactory().get("/"), "SELECT pg_sleep(12)"
    thread = given_up_while(sql, request)
    with may_be_given_up(request), connection.cursor() as cursor:
        with pytest.raises(GivenUp) as ended, transaction.atomic():
            cursor.execute(sql)
        assert "user request" in str(ended.value.__cause__)
        with pytest.raises(GivenUp):
            cursor.execute("SELECT 1")
    thread.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_what_is_done_is_not_given_up_any_more_and_other_trouble_stays_what_it_is(db: None) -> None:
    request = RequestFactory().get("/")
    with may_be_given_up(request), connection.cursor() as cursor, pytest.raises(OperationalError), transaction.atomic():
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(12)")
    gives_up(request)
    assert work_of(RequestFactory().get("/")) is None
    assert work_of(None) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_search_that_was_given_up_is_no_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(work: given_up.Work, at: object) -> None:
        monkeypatch.setattr(given_up.Work, "__init__", started)
        started(work, at)  # type: ignore[arg-type]  # a connection
        work._is_given_up = True

    started = given_up.Work.__init__
    monkeypatch.setattr(given_up.Work, "__init__", given)
    assert browser(desk.ada).get("/search/?q=lamp").status_code == 204
    assert browser(desk.ada).get("/search/?q=lamp").status_code == 200


def test_the_server_gives_up_what_its_browser_has_left() -> None:
    given: list[str] = []

    async def leaves() -> None:
        handler = Handler()
        request, _refused = handler.create_request({"method": "GET", "path": "/search/", "headers": []}, BytesIO())
        request.work = SimpleNamespace(give_up=lambda: given.append("given up"))  # type: ignore[union-attr]  # made
        with pytest.raises(RequestAborted):
            await handler.listen_for_disconnect(gone)

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    asyncio.run(leaves())
    assert given == ["given up"]
