"""What is said to a browser through its push service: sealed as the RFCs' own examples, signed, and refused in kind."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater
from connectors.webpush import (
    CURVE,
    MOST_BYTES,
    Sender,
    Subscription,
    Unsubscribed,
    bytes_of,
    new_private,
    record,
    sealed,
    tell,
    text_of,
)
from tests.push_service import PushService, Reader, push_service

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def service(allow_plain: Callable[..., None]) -> Iterator[PushService]:
    with push_service(NOW) as service:
        allow_plain(service.port)
        yield service


def sender() -> Sender:
    return Sender(new_private(), "https://desk.example.com")


def says(
    reader: Reader, said: bytes = b"{}", by: Sender | None = None, keep: timedelta = timedelta(minutes=10)
) -> None:
    tell(reader.subscription, said, sender=by or sender(), topic="notice-7", keep=keep, now=NOW)


def test_the_example_of_rfc_8291_is_sealed_to_the_byte() -> None:
    browser = Subscription(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        bytes_of("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        bytes_of("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    private = int.from_bytes(bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        browser,
        pair=ec.derive_private_key(private, CURVE),
        salt=bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text_of(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_example_of_rfc_8188_is_sealed_to_the_byte() -> None:
    body = record(b"I am the walrus", bytes_of("yqdlZ-tYemfogSmv7Ws5PQ"), salt=bytes_of("I1BsxtFttlv3u_Oo94xnmw"))
    assert text_of(body) == "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"


def test_the_service_knows_us_and_only_the_browser_reads_it(service: PushService) -> None:
    reader, other, we = service.browser(), service.browser(), sender()
    said = json.dumps({"title": "Её время вышло", "number": 12}).encode()
    says(reader, said, we)
    (taken,) = service.taken
    assert reader.reads(taken.body) == said
    assert said not in taken.body
    with pytest.raises(InvalidTag):
        other.reads(taken.body)
    assert (taken.topic, taken.ttl, taken.urgency) == ("notice-7", 600, "high")
    assert taken.claims == {
        "aud": f"http://127.0.0.1:{service.port}",
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "sub": "https://desk.example.com",
    }
    assert taken.key == urlsafe_b64decode(we.public + "=")
    assert service.complaints == []


def test_each_message_has_a_key_and_a_salt_of_its_own(service: PushService) -> None:
    reader = service.browser()
    says(reader)
    says(reader)
    first, second = service.taken
    assert first.body[:86] != second.body[:86]


def test_as_much_as_fits_is_taken_and_more_is_never_sent(service: PushService) -> None:
    reader = service.browser()
    says(reader, b"x" * MOST_BYTES)
    assert len(service.taken[0].body) == 4096
    with pytest.raises(ValueError, match="one record"):
        says(reader, b"x" * (MOST_BYTES + 1))
    assert len(service.taken) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, Unsubscribed), (410, Unsubscribed), (429, TryLater), (500, TryLater), (503, TryLater), (413, Rejected),
     (403, Rejected), (401, Rejected), (408, TryLater), (301, Rejected)],
)  # fmt: skip
def test_a_refusal_is_the_fitting_error(service: PushService, status: int, error: type[ChannelError]) -> None:
    service.status = status
    with pytest.raises(error):
        says(service.browser())


@pytest.mark.parametrize("status", [429, 503])
def test_when_to_come_again_is_heard(service: PushService, status: int) -> None:
    service.status, service.headers = status, {"Retry-After": "90"}
    with pytest.raises(TryLater) as refusal:
        says(service.browser())
    assert refusal.value.until == NOW + timedelta(seconds=90)


def test_where_it_leads_elsewhere_nobody_follows(service: PushService) -> None:
    service.status, service.headers = 307, {"Location": f"http://127.0.0.1:{service.port}/other"}
    with pytest.raises(Rejected):
        says(service.browser())
    assert len(service.taken) == 1


def test_what_may_have_been_taken_is_unknown(service: PushService) -> None:
    service.drop = True
    with pytest.raises(OutcomeUnknown):
        says(service.browser())


@pytest.mark.parametrize("host", ["10.0.0.8", "169.254.169.254", "[::1]:8443", "127.0.0.1"])
def test_no_private_address_is_written_to(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("OTVET_REACH", "")
    with pytest.raises(CredentialsRefused):
        says(Reader(f"https://{host}/push"))


@pytest.mark.parametrize(
    ("endpoint", "key", "secret"),
    [
        ("file:///etc/passwd", b"", b"s" * 16),
        ("https://", b"", b"s" * 16),
        ("https://ada:secret@push.example.net/", b"", b"s" * 16),
        ("https://push.example.net/", b"", b"too short"),
        ("https://push.example.net/", b"\x04" + b"1" * 64, b"s" * 16),
    ],
)
def test_what_no_push_service_gives_out_is_refused(endpoint: str, key: bytes, secret: bytes) -> None:
    with pytest.raises(ValueError):
        Subscription(endpoint, key or Reader("https://push.example.net/").subscription.key, secret)
