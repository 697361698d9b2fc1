"""Pictures from elsewhere come through us, when they are asked for, and only if they are pictures."""

from collections.abc import Iterator

import pytest
from django.test import Client

from inbox.web.pictures import fetched, with_remote
from tests.connectors.http_server import Script, http_server
from tests.inbox.desk_of_five import Desk

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
