"""What is typed into a search: taken apart into words and terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.query import Field, Query, Term, read


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query("")),
        ("red lamp", Query("red lamp")),
        ('  "red lamp"  -chair ', Query('"red lamp" -chair')),
        ("from:carla lamp", Query("lamp", (Term(Field.FROM, "carla"),))),
        ('lamp FROM:"Carla Smith" red', Query("lamp red", (Term(Field.FROM, "Carla Smith"),))),
        ("-tag:glass", Query("", (Term(Field.TAG, "glass", is_not=True),))),
        ("от:карла после:01.11.2026", Query("", (Term(Field.FROM, "карла"), Term(Field.AFTER, "01.11.2026")))),
        ('from:"half typed', Query("", (Term(Field.FROM, "half typed"),))),
        ("from:", Query("")),
        ("http://example.com?tag:x", Query("http://example.com?tag:x")),
        ("re:lamp", Query("re:lamp")),
        ("to:a:b", Query("", (Term(Field.TO, "a:b"),))),
    ],
)
def test_it_is_taken_apart(typed: str, query: Query) -> None:
    assert read(typed) == query


@given(st.text(alphabet=st.sampled_from('aб :"-#/\\\n'), max_size=40) | st.text(max_size=40))
def test_whatever_is_typed_is_read(typed: str) -> None:
    query = read(typed)
    assert query.words == " ".join(query.words.split())
    assert all(term.value for term in query.terms)
