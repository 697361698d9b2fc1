"""How long X counts a text. Cases in the manner of twitter-text's own conformance suite (validate.yml, extract.yml)."""

import pytest

from connectors.twitter.weights import has_link, links, weight, without_links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("hello", 5),
        ("Здравствуйте", 12),
        ("καλημέρα", 8),
        ("مرحبا", 5),
        ("你好", 4),
        ("こんにちは", 10),
        ("안녕", 4),
        ("“quoted” – and…", 16),  # an ellipsis is no light sign
        ("a\u200bb\u200dc", 5),
        ("A\u0301B", 2),  # composed to Á
        ("A\ufb2c", 4),  # decomposed to three
        ("one\r\ntwo", 7),
        ("😷", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🙋🏽👨‍🎤", 4),
        ("🇩🇪🇷🇺", 4),
        ("1️⃣#️⃣", 4),
        ("❤️", 2),
        ("©️", 2),
        ("©", 1),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("H🐱☺👨‍👩‍👧‍👦", 7),
        ("https://example.com", 23),
        ("https://example.com/" + "long" * 500, 23),
        ("See example.com.", 4 + 23 + 1),
        ("example.com and example.org", 23 + 5 + 23),
        ("пример.рф", 9),  # bare, it is no link
        ("http://пример.рф", 23),
        ("name@example.com", 16),
        ("#example.com @example.com $TVI.CA", 33),
        ("file.tar.bz2", 12),
        ("1.5 is not a.lonk.zzzz", 22),
        ("https://t.co/abcdef's", 23 + 2),
    ],
)
def test_it_counts_as_x_does(text: str, expected: int) -> None:
    assert weight(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(http://example.com)", ["http://example.com"]),
        ("http://example.com/a_(b) c", ["http://example.com/a_(b)"]),
        ("http://example.com/Русские_слова", ["http://example.com/Русские_слова"]),
        ("Look: http://example.com/path..., yes", ["http://example.com/path"]),
        ("これは日本語です。example.com/path中国語", ["example.com/path"]),
        ("http://example.comだよね", ["http://example.com"]),
        ("http://example.com:8080/?a=b&c=d#e", ["http://example.com:8080/?a=b&c=d#e"]),
        ("http://no-tld http://-a.com http://a_b.com", []),
        ("http://domain.com-that-goes-on", []),
        (f"http://{'a' * 64}.com and {'b' * 64}.com", []),
        ("http://t.co/" + "a" * 41, []),
        ("EXAMPLE.COM", ["EXAMPLE.COM"]),
    ],
)
def test_links_are_what_x_would_link(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in links(text)] == expected
    assert has_link(text) == bool(expected)


def test_texts_can_be_compared_without_their_links() -> None:
    assert without_links("see https://t.co/abc now") == without_links("see example.com/path now") != "see now"


@pytest.mark.parametrize("hostile", ["a.", "あ", "(", "http://a/(", "-", "👨‍", "@a ", "a" * 50 + "."])
def test_no_text_takes_long(hostile: str) -> None:
    assert weight(hostile * 2000) > 0  # the suite's own time-out is the judge
