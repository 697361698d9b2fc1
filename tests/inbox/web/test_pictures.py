"""Pictures from elsewhere come through us, when they are asked for, and only if they are pictures."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from connectors.contract import Authentication
from inbox.models import Agent, Message
from inbox.web.pictures import fetched, with_remote
from tests.connectors.http_server import Script, http_server
from tests.inbox.desk_of_five import Desk, browser, mentions

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    def allow(port: int) -> None:
        monkeypatch.setenv("OTVET_REACH", f"127.0.0.1:{port}")

    with http_server(allow) as script:
        script.body = PNG
        yield script


def test_a_picture_is_shown_as_data_when_it_is_asked_for(desk: Desk, elsewhere: Script) -> None:
    html = f'<p>Look</p><img data-remote-src="{elsewhere.base}/lamp.png?a=1&amp;b=2">'
    conversation = desk.problem(html=html, remote_images=1)
    message = conversation.messages.get()
    ada = Client()
    ada.force_login(desk.ada, backend=BACKEND)
    address = f"/formatted/{conversation.number}/{message.pk}/"
    assert "data:image/png" not in ada.get(address).content.decode()
    assert elsewhere.asked == []
    answer = ada.get(f"{address}?pictures")
    assert "data:image/png;base64," in answer.content.decode()
    assert "img-src data:" in answer["Content-Security-Policy"]
    assert [path for path, _said in elsewhere.asked] == ["/lamp.png?a=1&b=2"]


@pytest.mark.parametrize("body", [b"<svg onload=alert(1)>", b"<html>", b""])
def test_what_is_no_picture_stays_out(elsewhere: Script, body: bytes) -> None:
    elsewhere.body = body
    html = f'<img data-remote-src="{elsewhere.base}/x.png">'
    assert with_remote(html) == html


def test_a_redirect_is_not_followed(elsewhere: Script) -> None:
    elsewhere.status, elsewhere.headers = 302, {"Location": f"{elsewhere.base}/inside"}
    assert fetched(f"{elsewhere.base}/x.png") == ""
    assert len(elsewhere.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/x.png",
        "https://user:secret@127.0.0.1/x.png",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_no_address_of_a_mail_reaches_into_the_companys_network(address: str) -> None:
    assert with_remote(f'<img data-remote-src="{address}">') == f'<img data-remote-src="{address}">'


# -- always, from one sender


def proven(desk: Desk, verdict: str = "pass") -> Message:
    judged = Authentication(dmarc=verdict)
    return desk.problem(html="<p>Look</p>", remote_images=1, authentication=judged).messages.get()


def page(agent: Agent, message: Message) -> str:
    return browser(agent).get(f"/c/open/{message.conversation.number}/").content.decode()


def says(agent: Agent, message: Message, **form: str) -> HttpResponse:
    address = f"/c/open/{message.conversation.number}/messages/{message.pk}/pictures/"
    return browser(agent).post(address, form)  # type: ignore[return-value]  # Django's client answers with a subclass


ALWAYS, STOP, ASKED = "Always from carla@example.com", "Stop that", "Show them"
SHOWN = "Pictures from carla@example.com are always shown"


def test_it_is_said_beside_the_pictures_and_undone_there(desk: Desk) -> None:
    message = proven(desk)
    before = page(desk.ada, message)
    assert ALWAYS in before
    assert SHOWN not in before
    answer = says(desk.ada, message, on="1")
    assert answer["Location"] == f"/c/open/{message.conversation.number}/?at={message.pk}"
    after = page(desk.ada, message)
    assert [words in after for words in (SHOWN, STOP, ALWAYS, ASKED, "?pictures")] == [True, True, False, False, True]
    assert after.count(f"/formatted/{message.conversation.number}/{message.pk}/") == 1
    assert "Ada lets pictures of this sender always be shown" in after
    says(desk.ada, message)
    assert [words in page(desk.ada, message) for words in (ALWAYS, SHOWN)] == [True, False]


def test_what_is_not_proven_is_not_offered_and_says_why_it_stays_blocked(desk: Desk) -> None:
    doubtful = proven(desk, "none")
    assert ALWAYS not in page(desk.ada, doubtful)
    says(desk.ada, proven(desk), on="1")
    after = page(desk.ada, doubtful)
    assert "but nobody has proven that this is from there" in after
    assert [words in after for words in (ASKED, STOP, "was not loaded")] == [True, True, True]


def test_it_is_refused_for_what_is_not_proven(desk: Desk) -> None:
    answer = says(desk.ada, proven(desk, "fail"), on="1")
    assert answer.status_code == 400
    assert "Nobody has proven" in answer.content.decode()


def test_who_may_only_read_it_is_shown_them_and_offered_neither(desk: Desk) -> None:
    message = proven(desk)
    desk.max.memberships.all().delete()
    mentions(message.conversation, desk.max)
    assert [words in page(desk.max, message) for words in (ASKED, ALWAYS)] == [True, False]
    assert says(desk.max, message, on="1").status_code == 403
    says(desk.ada, message, on="1")
    assert [words in page(desk.max, message) for words in (SHOWN, STOP)] == [True, False]
    assert says(desk.max, message).status_code == 403
