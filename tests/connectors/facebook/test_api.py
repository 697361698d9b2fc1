"""The line to the Graph API: nothing without an end, nothing to another machine, nothing in a log."""

import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import socket

import pytest

import connectors
from connectors import meter, reach
from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater
from connectors.facebook.api import HOST, Api, Upload, proof
from connectors.facebook.app import VERSION
from connectors.facebook.connector import Facebook
from connectors.facebook.refusals import Gone
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.http_server import Script, http_server

TOKEN = "a-token-nobody-may-see"


@pytest.fixture
def server(allow_plain: Callable[..., None]) -> Iterator[Script]:
    with http_server(allow_plain) as script:
        script.body = b'{"id":"1"}'
        yield script


def api(server: Script, version: str = VERSION) -> Api:
    return Api(token=TOKEN, secret="app-secret-1", base=server.base, version=version)


def test_the_proof_is_that_of_the_documentation() -> None:
    wanted = "7b87e5a58e7a204e5dda55e287dbc57646023ff18547645868f0a1bde3335a2a"
    assert proof("app-secret-1", "PAGE_TOKEN") == wanted


def test_the_version_is_ours_and_the_proof_goes_with_every_call(server: Script) -> None:
    own = proof("app-secret-1", TOKEN)
    api(server).get("me", fields="id")
    api(server, version="v26.0").post("1/comments", {"message": "a&b", "nested": {"id": "ü"}, "flag": True})
    (got, _), (posted, form) = server.asked
    assert got == f"/v25.0/me?appsecret_proof={own}&fields=id"
    assert posted == f"/v26.0/1/comments?appsecret_proof={own}"
    assert form == {"message": "a&b", "nested": '{"id":"ü"}', "flag": "true"}


def test_many_questions_go_in_one_call_with_the_token_that_it_needs(server: Script) -> None:
    server.body = (
        b'[{"code":200,"body":"{\\"id\\":\\"1\\"}"},{"code":400,"body":"{\\"error\\":{\\"code\\":803}}"},null]'
    )
    found, gone, late = api(server).get_many(["1", "2", "3"], fields="id,likes.limit(1){name}")
    assert (found, type(gone), late) == ({"id": "1"}, Gone, None)
    ((where, form),) = server.asked
    assert where == f"/v25.0/?appsecret_proof={proof('app-secret-1', TOKEN)}"
    assert (form["access_token"], form["include_headers"]) == (TOKEN, "false")
    asked = [
        {"method": "GET", "relative_url": f"{each}?fields=id%2Clikes.limit%281%29%7Bname%7D"}
        for each in ("1", "2", "3")
    ]
    assert json.loads(form["batch"]) == asked


@pytest.mark.parametrize(
    "body", [b"[]", b"[null,null]", b'[{"code":200,"body":"<html>"}]', b"[1]", b"[", b'{"id":"1"}']
)
def test_an_answer_that_does_not_fit_the_questions_is_no_answer(server: Script, body: bytes) -> None:
    server.body = body
    with pytest.raises(TryLater):
        api(server).get_many(["1"], fields="id")


def test_questions_go_over_one_line(graph: GraphServer, page: Facebook, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = reach.connect

    def connect(host: str, port: int, seconds: float, *, plain: bool = False) -> socket:
        opened.append(host)
        return real(host, port, seconds, plain=plain)

    monkeypatch.setattr(reach, "connect", connect)
    asked = Api(token=page.page_token, secret=page.app_secret, base=graph.base)
    assert asked.get("me", fields="id,name") == asked.get("me", fields="id,name")
    assert len(opened) == 1


def test_a_file_goes_with_its_values(server: Script, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"photo")
    file = Upload(field="filedata", name="a.png", media_type="image/png", path=path)
    assert api(server).post("1/messages", {"message": {"a": 1}}, file=file) == {"id": "1"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"true"),
        (200, b"{}"),
        (200, b"<html>"),
        (500, b"<html>"),
        (500, b'{"data":[]}'),
        (302, b""),
        (408, b""),
    ],
)
def test_an_answer_that_is_none_leaves_an_effect_unknown(server: Script, status: int, body: bytes) -> None:
    server.status, server.body, server.headers = status, body, {"Location": f"{server.base}/elsewhere"}
    with pytest.raises(OutcomeUnknown):
        api(server).post("1/messages", {})
    with pytest.raises(TryLater):
        api(server).get("me")
    assert len(server.asked) == 2


def test_an_error_that_nobody_knows_of_a_broken_server_is_no_refusal(server: Script) -> None:
    server.status, server.body = 500, b'{"error":{"code":-1,"message":"unexpected internal error"}}'
    with pytest.raises(OutcomeUnknown):
        api(server).post("1/messages", {})
    with pytest.raises(TryLater):
        api(server).get("me")


@pytest.mark.parametrize(("subcode", "kind"), [(0, CredentialsRefused), (2018999, Rejected)])
def test_a_message_that_is_not_allowed_is_not_taken_for_a_missing_permission(
    server: Script, subcode: int, kind: type[ChannelError]
) -> None:
    more = f',"error_subcode":{subcode}' if subcode else ""
    server.status, server.body = 403, f'{{"error":{{"code":10,"message":"no"{more}}}}}'.encode()
    with pytest.raises(kind):
        api(server).post("1/messages", {})


def test_an_error_with_a_good_status_is_an_error(server: Script) -> None:
    server.body = b'{"error":{"code":190,"message":"gone"}}'
    with pytest.raises(CredentialsRefused, match="HTTP 200: 190: gone"):
        api(server).get("me")


def test_an_answer_without_a_content_type_is_read(server: Script) -> None:
    assert api(server).get("me") == {"id": "1"}


def test_a_line_that_breaks_leaves_an_effect_unknown(server: Script) -> None:
    server.drop = True
    with pytest.raises(OutcomeUnknown):
        api(server).post("1/messages", {})
    with pytest.raises(TryLater):
        api(server).post("1", {"is_hidden": True}, has_effect=False)
    with pytest.raises(TryLater):
        api(server).get("me")


def test_a_machine_that_may_not_be_reached_is_not_reached(monkeypatch: pytest.MonkeyPatch, server: Script) -> None:
    monkeypatch.setenv("OTVET_REACH", "")
    with pytest.raises(ChannelError):
        api(server).post("1/messages", {})
    assert server.asked == []


def test_it_speaks_to_facebook_itself_by_default() -> None:
    assert HOST == "https://graph.facebook.com"


def test_no_token_is_logged_or_traced(graph: GraphServer, page: Facebook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page.check()
    graph.misbehave(cut="before")
    with pytest.raises(TryLater) as caught:
        page.check()
    told = caplog.text + "".join(traceback.format_exception(caught.value))
    assert page.page_token not in told
    assert page.app_secret not in told
    assert page.page_token not in repr(page._api)


def test_the_headers_tell_what_is_left(server: Script) -> None:
    use = '{"type":"messenger","call_count":40,"total_cputime":25,"total_time":5,"estimated_time_to_regain_access":0}'
    server.headers = {
        "X-App-Usage": '{"call_count":28,"total_time":90,"total_cputime":25}',
        "X-Business-Use-Case-Usage": f'{{"11":[{use}]}}',
    }
    with meter.listening() as heard:
        api(server).get("me")
    assert (heard.left["app"].remaining, heard.left["messenger"].remaining) == (10, 60)


@pytest.mark.parametrize(
    "header", ["", "nonsense", "[]", '{"11":5}', '{"11":[{"call_count":"x"}]}', '{"call_count":-4}']
)
def test_nonsense_in_the_headers_breaks_nothing(server: Script, header: str) -> None:
    server.headers = {"X-App-Usage": header, "X-Business-Use-Case-Usage": header}
    assert api(server).get("me") == {"id": "1"}


def test_it_can_be_imported_where_warnings_are_errors(tmp_path: Path) -> None:
    """facebook-sdk alone cannot; compiled files of former runs would hide that."""
    root = Path(connectors.__path__[0]).parent
    command = [sys.executable, "-W", "error", "-c", "import connectors.facebook.connector"]
    environment = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PATH": ""}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
