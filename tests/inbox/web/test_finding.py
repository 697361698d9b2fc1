"""Pages of what was found."""

import re

import pytest

from connectors.contract import Person
from inbox.desk.save_view import save_view
from inbox.lists import PAGE
from inbox.models import AfterSending, SavedView, State
from tests.inbox.desk_of_five import Desk, browser

LIST = {"HX-Request": "true", "HX-Target": "section#list"}


def test_while_one_types_the_list_alone_comes(desk: Desk) -> None:
    desk.problem("The lamp arrived broken.")
    page = browser(desk.ada).get("/search/", {"q": "lamp"}, headers=LIST).content.decode()
    assert page.lstrip().startswith('<section class="pane p-list inset" id="list"')
    assert "<mark>lamp</mark>" in page
    assert 'class="rail"' not in page


def test_the_rail_shows_where_the_page_stands_that_asks_for_it(desk: Desk) -> None:
    ada = browser(desk.ada)

    def places(address: str) -> list[str]:
        page = ada.get("/rail/", headers={"HX-Request": "true", "HX-Current-URL": address})
        links = page.content.decode().split("<a ")[1:]
        return [link.split('"')[3] for link in links if "aria-current" in link.split(">")[0]]

    assert places("http://testserver/c/open/") == places("http://testserver/c/open/10001/?at=5") == ["/c/open/"]
    assert places("http://testserver/search/?q=lamp") == []
    assert places("http://elsewhere.test/c/open/") == []


def test_a_phone_finds_from_its_foot_and_reaches_kept_searches_from_ones_own_page(desk: Desk) -> None:
    made = save_view(SavedView(name="Broken", query="tag:broken", owner=desk.ada), by=desk.ada, now=desk.later())
    page = browser(desk.ada).get("/me/").content.decode()
    dock = page.split('<nav class="dock"')[1].split("</nav>")[0]
    assert re.findall(r'<a href="([^"]+)"', dock) == ["/c/mine/", "/c/queue/", "/search/", "/me/"]
    assert f'href="/c/{made.value}/"' in page.split('<nav class="places"')[1].split("</nav>")[0]


BESIDE = [
    ("lamp", "q=lamp"),
    ("from:carla lamp", "q=from:carla%20lamp"),
    ("lamp 1/2 100%", "q=lamp%201%252F2%20100%2525"),
]


@pytest.mark.parametrize(("typed", "name"), BESIDE)
def test_what_was_found_is_opened_beside_the_search_that_found_it(desk: Desk, typed: str, name: str) -> None:
    conversation, ada = desk.problem("The lamp 1/2 arrived 100% broken."), browser(desk.ada)
    desk.problem("A chair", subject="Chair")
    page, at = ada.get("/search/", {"q": typed}).content.decode(), f"/c/{name}/{conversation.number}/"
    assert f'href="{at}"' in page
    opened = ada.get(at).content.decode()
    assert f'hx-get="/c/{name}/?chosen={conversation.number}" hx-trigger="load, ' in opened.replace("\n      ", " ")
    assert f'action="{at}solve/"' in opened
    assert opened.count(f'value="{typed}"') == 2
    beside = ada.get(f"/c/{name}/?chosen={conversation.number}", headers=LIST).content.decode()
    assert beside.count('class="item"') == beside.count('aria-current="true"') == 1
    assert "<mark>lamp</mark>" in beside


def test_acts_lead_back_beside_the_search(desk: Desk) -> None:
    lamp, ada = desk.problem("The lamp arrived broken."), browser(desk.ada)
    other = desk.problem("One more lamp")
    desk.problem("A chair", subject="Chair")
    for verb in ("take", "solve"):
        page = ada.post(f"/c/q=lamp/{lamp.number}/{verb}/", headers={"HX-Request": "true"}, follow=True)
        assert page.redirect_chain == [(f"/c/q=lamp/{lamp.number}/", 302)]
        shown = page.content.decode()
        assert "Found for “lamp”" in shown
        assert shown.count('class="item"') == 2
    lamp.refresh_from_db()
    assert lamp.state == State.SOLVED
    refused = ada.post(f"/c/q=lamp/{other.number}/note/", {"note": " "}, headers={"HX-Request": "true"})
    assert refused.headers["HX-Push-Url"] == f"/c/q=lamp/{other.number}/"
    assert refused.content.decode().count('class="item"') == 2


@pytest.mark.parametrize("query", ["lamp", "lamp before:lately"])
def test_who_answers_goes_on_with_what_was_found(desk: Desk, query: str) -> None:
    desk.ada.after_sending = AfterSending.NEXT
    desk.ada.save()
    below, upper, ada = desk.problem("One lamp"), desk.problem("Another lamp"), browser(desk.ada)
    desk.problem("A chair", subject="Chair")
    form = {"text": "We will help.", "seen_up_to": str(upper.last_message)}
    page = ada.post(f"/c/q={query}/{upper.number}/reply/", form, follow=True)
    ((to, _status),) = page.redirect_chain
    assert to == (f"/c/q=lamp/{below.number}/" if query == "lamp" else "/c/q=lamp%20before:lately/")
    assert ("“lately” is no date" in page.content.decode()) == (query != "lamp")


def test_a_search_for_nothing_is_no_list(desk: Desk) -> None:
    ada, conversation = browser(desk.ada), desk.problem()
    assert ada.get("/c/q=/").status_code == ada.get("/c/q=%20/").status_code == 404
    assert f'action="/c/open/{conversation.number}/solve/"' in ada.get(f"/c/q=/{conversation.number}/").content.decode()
    assert "What are you looking for?" in ada.get("/search/").content.decode()


@pytest.mark.parametrize("view", ["open", "q=lamp"])
def test_after_an_act_as_many_rows_come_as_were_loaded(desk: Desk, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.web.lists.MOST_ROWS", PAGE + 3)
    numbers, ada = [desk.problem(f"Lamp {n}").number for n in range(PAGE + 5)], browser(desk.ada)

    def rows(rows: str, verb: str = "take", **form: str) -> int:
        headers = {"HX-Request": "true", "X-Rows": rows}
        page = ada.post(f"/c/{view}/{numbers[0]}/{verb}/", form, headers=headers, follow=True).content.decode()
        assert 'id="more"' in page
        return page.count('class="item"')

    assert rows(str(PAGE + 2)) == rows(str(PAGE + 2), "note", note=" ") == PAGE + 2
    assert rows("99999") == rows("5") == rows("x") == PAGE
    assert rows("9999") == PAGE + 3
    alone = ada.get(f"/c/{view}/", headers={**LIST, "X-Rows": str(PAGE + 2)})
    assert alone.content.decode().count('class="item"') == PAGE + 2


CUT = "Only the newest 2 matches were looked through, and there are more."


def test_where_not_all_was_looked_through_the_end_of_the_list_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.search.NEWEST", 2)
    ada, kept = browser(desk.ada), desk.problem("Is the red lamp here?", subject="")

    def found(query: str) -> str:
        return ada.get("/search/", {"q": query}).content.decode()

    desk.problem("Another red lamp", subject="")
    assert CUT not in found("lamp")
    for _ in range(2):
        desk.problem("Two red lamps", subject="")
    assert CUT in found("lamp").split('class="list"')[1]
    assert "Nothing was found." in found('"red lamp"')
    assert CUT in found('"red lamp"')
    assert CUT not in found("lamp before:2026-01-01") + found("status:open") + found("carla") + found("nowhere")
    view = SavedView.objects.create(owner=desk.ada, name="Lamps", query="lamp", changed_at=desk.clock)
    assert CUT in ada.get(f"/c/{view.value}/").content.decode()
    assert CUT not in ada.get(f"/c/open/{kept.number}/").content.decode() + ada.get("/c/open/").content.decode()


def test_it_is_said_below_the_last_page_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.search.NEWEST", PAGE + 2)
    for n in range(PAGE + 3):
        desk.problem(f"Lamp {n}", subject="")
    ada = browser(desk.ada)
    first = ada.get("/c/q=lamp/").content.decode()
    assert "were looked through" not in first
    below = first.split('class="more" hx-get="')[1].split('"')[0]
    page = ada.get(below, headers={"HX-Request": "true", "HX-Target": "li#more"}).content.decode()
    assert page.count('class="item"') == 2
    assert page.index("Only the newest 32 matches") > page.rindex('class="item"')


def test_of_many_of_one_name_it_is_said_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.terms.MOST", 1)
    monkeypatch.setattr("inbox.search.MOST", 1)
    desk.problem("Hello")
    assert "looked through" not in browser(desk.ada).get("/search/?q=carla").content.decode()
    desk.problem("Hello", sender=Person(address="carla@elsewhere.test", name="Carla"))
    assert "Only the newest 1 matches" in browser(desk.ada).get("/search/?q=carla").content.decode()


def test_what_was_found_is_marked_in_subject_and_name_and_nothing_else_is_markup(desk: Desk) -> None:
    desk.problem(
        "Hello", subject="<b>Лампы</b> & chairs", sender=Person(address="x@example.com", name="<i>Carla</i> S")
    )
    page = browser(desk.ada).get("/search/", {"q": "лампа from:carla"}, headers=LIST).content.decode()
    assert "&lt;b&gt;<mark>Лампы</mark>&lt;/b&gt; &amp; chairs" in page
    assert "&lt;i&gt;<mark>Carla</mark>&lt;/i&gt; S" in page
    unmarked = browser(desk.ada).get("/c/open/", headers=LIST).content.decode()
    assert "&lt;b&gt;Лампы&lt;/b&gt; &amp; chairs" in unmarked
    assert "<mark>" not in unmarked
