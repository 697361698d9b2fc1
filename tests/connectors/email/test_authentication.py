"""Authentication-Results as servers really write them."""

import pytest

from connectors.contract import Authentication
from connectors.email import authentication
from connectors.email.structure import Tree


def read(value: str, name: str = "Authentication-Results") -> Authentication:
    return authentication.read(Tree(f"{name}: {value}\n\n".encode()).root.headers)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            (
                "mx.google.com; dkim=pass header.i=@example.com header.s=s header.b=x; spf=pass (google.com: domain of"
                " carla@example.com designates 1.2.3.4) smtp.mailfrom=carla; dmarc=pass (p=REJECT) header.from=x"
            ),
            ("pass", "pass", "pass", "mx.google.com"),
        ),
        (
            (
                "spf=fail (sender IP is 1.2.3.4) smtp.mailfrom=example.com; dkim=none (message not signed)"
                " header.d=none;dmarc=fail action=oreject header.from=example.com;compauth=fail reason=000"
            ),
            ("fail", "none", "fail", ""),
        ),
        ("mx.yandex.net; spf=softfail; dkim=neutral", ("softfail", "neutral", "none", "mx.yandex.net")),
        ("mx.example.org 1; dkim=fail; dkim=pass; dkim=neutral", ("none", "pass", "none", "mx.example.org")),
        ("mx.example.org; none", ("none", "none", "none", "mx.example.org")),
        ('mx.example.org; spf="pass"; dmarc=""', ("pass", "none", "none", "mx.example.org")),
        ("mx.example.org; x-dmarc=pass; note (spf=pass)", ("none", "none", "none", "mx.example.org")),
        ("", ("none", "none", "none", "")),
    ],
)
def test_verdicts_are_read(value: str, expected: tuple[str, str, str, str]) -> None:
    found = read(value)
    assert (found.spf, found.dkim, found.dmarc, found.server) == expected


def test_only_the_topmost_field_counts() -> None:
    head = b"Authentication-Results: mx.example.org; dmarc=fail\nAuthentication-Results: mx.example.org; dmarc=pass\n\n"
    assert authentication.read(Tree(head).root.headers).dmarc == "fail"


def test_received_spf_speaks_where_nothing_else_does() -> None:
    assert read("pass (domain of example.com)", "Received-SPF").spf == "pass"


@pytest.mark.parametrize("value", ["(" * 50_000, ";" * 50_000, "spf=" * 20_000])
def test_hostile_fields_are_read(value: str) -> None:
    read(value)
