"""A longer answer as several posts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.twitter.connector import X
from connectors.twitter.splitting import split
from connectors.twitter.weights import weight

PUBLIC, PRIVATE = "public:1:2", "dm:2"


def test_what_fits_stays_as_it_is() -> None:
    assert split("One\n\n two  three ") == ["One\n\n two  three"]
    assert split("a" * 280) == ["a" * 280]
    assert split("  ") == [""]


def test_it_is_cut_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(100))
    parts = split(text)
    assert " ".join(parts) == text
    assert all(weight(part) <= 280 for part in parts)
    assert len(parts) == 3


def test_each_part_is_as_full_as_it_can_be() -> None:
    parts = split("слово " * 100)
    assert all(weight(f"{part} слово") > 280 for part in parts[:-1])


def test_a_link_is_never_cut_however_long_it_is() -> None:
    link = "https://example.com/" + "path" * 200
    first, second = split("word " * 54 + link)
    assert second == link
    assert weight(first) <= 280


def test_text_without_blanks_is_cut_between_signs() -> None:
    assert [weight(part) for part in split("故人西辞" * 100)] == [280, 280, 240]
    family = "👨‍👩‍👧‍👦"
    assert split(family * 150) == [family * 140, family * 10]
    accented = "e\u0301\u0323" * 300
    assert all(part.startswith("e") for part in split(accented))


@given(st.text(alphabet=st.sampled_from("ab я中😷👨\u200d\ufe0f\u0301 \n./:@#"), max_size=900))
def test_nothing_is_lost_and_nothing_too_long(text: str) -> None:
    parts = split(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(weight(part) <= 280 for part in parts)


def test_the_measure_and_the_parts_depend_on_where_it_is_said() -> None:
    assert X.measure("你好 https://example.com/long/path", PUBLIC) == 28
    assert X.measure("你好", PRIVATE) == 2
    assert X.limits_in(PUBLIC).characters == 280
    assert X.limits_in(PRIVATE).characters == 10_000
    assert len(X.parts("word " * 100, PUBLIC)) == 2
    assert X.parts("word " * 100, PRIVATE) == [("word " * 100).strip()]


@pytest.mark.parametrize("glue", [" ", "\n", ""])
def test_a_message_is_cut_at_ten_thousand(glue: str) -> None:
    text = glue.join(["x" * 99] * 150)
    parts = X.parts(text, PRIVATE)
    assert all(len(part) <= 10_000 for part in parts)
    assert glue.join(parts) == text
