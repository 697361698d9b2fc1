"""Reply tokens: written on the way out, found again on the way in."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.email import tokens

TOKEN = "c1a2.b3"  # the form of one, it opens nothing


def test_what_is_written_is_found_again_in_every_place() -> None:
    address = tokens.address_with("help@example.org", TOKEN)
    assert address == "help+c1a2.b3@example.org"
    assert tokens.found_in([f"Help <{address}>"]) == (TOKEN,)
    assert tokens.found_in(subject=f"Re: {tokens.subject_with('Order', TOKEN)}") == (TOKEN,)
    assert tokens.found_in(html=f"<blockquote>{tokens.marker(TOKEN)}</blockquote>") == (TOKEN,)
    assert tokens.found_in([f"from x by y for <{address}>; Thu"]) == (TOKEN,)


def test_the_root_of_a_conversation_carries_its_token() -> None:
    root = tokens.root_with("help@example.org", TOKEN)
    assert root == f"{TOKEN}.root@example.org"
    assert tokens.found_in(references=f"<first@example.com> <{root}>") == (TOKEN,)
    assert tokens.found_in(references="<10001> <c1a2.b3@example.org> <xroot@example.org>") == ()


def test_the_surest_place_comes_first_and_each_token_once() -> None:
    found = tokens.found_in(["a+c2b@x.test", "a+C2B@x.test"], "[#c1a] [#c2b]", "[otvet:c3c]")
    assert found == ("c2b", "c3c", "c1a")


def test_a_subject_gets_its_reference_once() -> None:
    once = tokens.subject_with("Order", TOKEN)
    assert tokens.subject_with(once, TOKEN) == once


def test_other_marks_are_no_tokens() -> None:
    assert tokens.found_in(["carla+news@example.com", "a+x1@y.test"], "[#123] [#ABC-1]", "[otvet:]") == ()


def test_a_mark_does_not_show_in_a_text() -> None:
    assert tokens.without_marker(f"words [otvet:{TOKEN}]") == "words "


def test_thousands_of_candidates_are_cut() -> None:
    assert len(tokens.found_in([f"a+c{number}@x.test" for number in range(5_000)])) == tokens.MOST_CANDIDATES


@given(st.from_regex(r"c[a-z0-9]{1,20}(\.[a-z0-9]{1,10}){0,2}", fullmatch=True))
def test_every_token_of_the_form_survives_an_address(token: str) -> None:
    assert tokens.found_in([tokens.address_with("help@example.org", token)]) == (token,)
