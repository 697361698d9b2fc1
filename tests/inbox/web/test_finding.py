"""Pages of what was found."""

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
