"""What the one HTTP client makes of answers and of silence."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater
from connectors.http import Answer, Http, retry_after
from tests.connectors.http_server import Script, http_server
from tests.dovecot import free_ports

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def script(allow_plain: Callable[..., None]) -> Iterator[Script]:
    with http_server(allow_plain) as script:
        yield script


def answered(status: int, **headers: str) -> Answer:
    return Answer(status=status, body=b"", headers=headers)


def test_an_answer_comes_with_status_and_body(script: Script) -> None:
    script.body = b'{"a": 1}'
    answer = Http(base=script.base).post("/path", form={"q": "ж"})
    assert (answer.status, answer.json()) == (200, {"a": 1})
    assert script.asked == [("/path", {"q": "ж"})]
    assert answer.checked() is answer


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", b"\xff"])
def test_a_body_that_is_no_object_is_an_empty_one(body: bytes) -> None:
    assert Answer(status=200, body=body, headers={}).json() == {}


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, CredentialsRefused), (400, Rejected), (404, Rejected), (408, TryLater), (429, TryLater), (500, TryLater)],
)
def test_a_status_is_the_fitting_error(status: int, error: type[ChannelError]) -> None:
    with pytest.raises(error):
        answered(status).checked(NOW)


def test_a_failure_in_the_middle_of_an_effect_is_unknown() -> None:
    with pytest.raises(OutcomeUnknown):
        answered(502).checked(NOW, has_effect=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("30", NOW + timedelta(seconds=30)),
        ("Mon, 23 Nov 2026 12:05:00 GMT", NOW + timedelta(minutes=5)),
        ("Mon, 23 Nov 2026 12:05:00 -0000", NOW + timedelta(minutes=5)),
        ("9" * 30, None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_understood(value: str, expected: datetime | None) -> None:
    assert retry_after(value, NOW) == expected


def test_a_dropped_line_is_unknown_only_if_it_may_have_had_an_effect(script: Script) -> None:
    script.drop = True
    with pytest.raises(OutcomeUnknown):
        Http(base=script.base).post("/")
    with pytest.raises(TryLater):
        Http(base=script.base).get("/")


def test_a_refused_connection_had_no_effect(allow_plain: Callable[..., None]) -> None:
    (port,) = free_ports(1)
    allow_plain(port)
    with pytest.raises(TryLater):
        Http(base=f"http://127.0.0.1:{port}").post("/")


def test_redirects_are_not_followed(script: Script) -> None:
    script.status, script.headers = 302, {"Location": "http://169.254.169.254/"}
    assert Http(base=script.base).get("/").status == 302
    assert len(script.asked) == 1


def test_no_proxy_of_the_environment_is_used(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert Http(base=script.base).get("/").status == 200


def test_a_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTVET_REACH")
    for base in ("http://127.0.0.1:80", "https://169.254.169.254", "https://[::ffff:127.0.0.1]"):
        with pytest.raises(CredentialsRefused):
            Http(base=base).get("/latest/meta-data")


def test_an_answer_without_end_is_given_up(script: Script) -> None:
    script.body = b"x" * (11 * 1024 * 1024)
    with pytest.raises(TryLater):
        Http(base=script.base).get("/")
