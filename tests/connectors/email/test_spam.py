"""Verdicts of spam filters."""

import pytest

from connectors.email import spam
from connectors.email.structure import Tree


@pytest.mark.parametrize(
    ("head", "verdict", "score"),
    [
        ("X-Spam-Status: Yes, score=7.1 required=5.0 tests=A", True, 7.1),
        ("X-Spam-Status: No, hits=-2.5 required=5.0", False, -2.5),
        ("X-Spam-Flag: YES", True, None),
        ("X-Spam-Flag: NO\nX-Spam-Score: 1.5", False, 1.5),
        ("X-Spam: yes", True, None),
        ("X-Spam: Not detected", False, None),
        ("X-Spam-Action: add header\nX-Spam-Score: 8 / 15", True, 8.0),
        ("X-Spam-Action: no action\nX-Spam-Score: 0.5 / 15", False, 0.5),
        ("X-Spamd-Result: default: False [15.20 / 15.00]", True, 15.2),
        ("X-Spam-Score: 15.00 / 15.00", True, 15.0),
        ("X-Yandex-Spam: 4", True, None),
        ("X-Yandex-Spam: 1", False, None),
        ("X-Mras: Ok", False, None),
        ("X-MS-Exchange-Organization-SCL: 6", True, 6.0),
        ("X-MS-Exchange-Organization-SCL: -1", False, -1.0),
    ],
)
def test_a_verdict_is_read(head: str, verdict: bool, score: float | None) -> None:
    found = spam.read(Tree(f"{head}\n\n".encode()).root.headers)
    assert found
    assert (found.verdict, found.score) == (verdict, score)


@pytest.mark.parametrize("head", ["Subject: Spam", "X-Spam: undefined", "X-Spam-Level: ***"])
def test_no_verdict_is_none(head: str) -> None:
    assert spam.read(Tree(f"{head}\n\n".encode()).root.headers) is None
