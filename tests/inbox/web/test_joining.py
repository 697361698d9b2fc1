"""Templates are written on many lines and read without them."""

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.template.loaders import cached
from hypothesis import given
from hypothesis import strategies as st

from inbox.web.joining import Loader, joined

CASES = {
    "one line stays": ("<p>{{ a }} <b>b</b>  c</p>", "<p>{{ a }} <b>b</b>  c</p>"),
    "between tags": ("<ul>\n  <li>\n  </li>\n\n</ul>\n", "<ul><li></li></ul>"),
    "around a tag of Django's": ("<p>\n  {% if a %}\n    b\n  {% endif %}\n</p>", "<p>{% if a %}b{% endif %}</p>"),
    "around a variable": ("one\n{{ two }}\nthree", "one{{ two }}three"),
    "around a comment": ("one\n{# two #}\nthree", "one{# two #}three"),
    "between words": ("<p>\n  one\n  two\n</p>", "<p>one two</p>"),
    "at either end": ("\n  one two\n", "one two"),
    "a space that is wanted": ('<b>\n  a\n</b>{{ " " }}\n<i>b</i>', '<b>a</b>{{ " " }}<i>b</i>'),
    "a hard space is a word": ("one\n\u00a0\ntwo", "one \u00a0 two"),
    "between attributes": ('<a\n    href="x"\n  title="y">', '<a href="x" title="y">'),
    "before the end of a tag": ('<input name="x"\n>\n<br\n/>', '<input name="x"><br/>'),
    "within an attribute": ("<meta content='{\"a\":\n  1}'>", "<meta content='{\"a\": 1}'>"),
    "a condition among attributes": (
        '<a\n  {% if a > b %}title=">"{% endif %}\n  id="x">\n c',
        '<a {% if a > b %}title=">"{% endif %} id="x">c',
    ),
    "a bracket in an attribute": ('<a title="a > b"\n id="x">', '<a title="a > b" id="x">'),
    "quotes within quotes": ('<a title="{% trans "a >" %}"\n id="x">\nc', '<a title="{% trans "a >" %}" id="x">c'),
    "a sentence": (
        "<p>\n{% blocktrans %}\n a\n {{ b }}\n{% endblocktrans %}\n</p>",
        "<p>{% blocktrans %}\n a\n {{ b }}\n{% endblocktrans %}</p>",
    ),
    "a sentence in an attribute": (
        '<p\n title="{% blocktrans %}a\n{% endblocktrans %}">',
        '<p title="{% blocktrans %}a\n{% endblocktrans %}">',
    ),
    "comments of many lines": (
        "{% comment %}\n <b>\n{% endcomment %}\n<!--\n a\n-->\n",
        "{% comment %}\n <b>\n{% endcomment %}<!--\n a\n-->",
    ),
    "verbatim": ("{% verbatim %}\n {{ a }}\n{% endverbatim %}\n", "{% verbatim %}\n {{ a }}\n{% endverbatim %}"),
    "a text area": (
        "<textarea\n  name='a'>\n {% if a %}\n\n{{ b }}\n</textarea>\n",
        "<textarea name='a'>\n {% if a %}\n\n{{ b }}\n</textarea>",
    ),
    "what has lines of its own": (
        "<script>\n  let a;\n</script>\n<style>\n</style>\n<pre>\n a </pre>\n",
        "<script>\n  let a;\n</script><style>\n</style><pre>\n a </pre>",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_lines_are_joined(case: str) -> None:
    written, read = CASES[case]
    assert joined(written) == read


PARTS = ["<a", ">", "</a>", '"', "'", "{{ a }}", "{% if %}", "{% blocktrans %}", "<textarea>", " ", "\n", "x", "{"]


@given(st.lists(st.sampled_from(PARTS)))
def test_nothing_but_white_space_is_taken_out(parts: list[str]) -> None:
    written = "".join(parts)
    assert "".join(joined(written).split()) == "".join(written.split())


def test_our_templates_are_joined_once_and_those_of_others_never() -> None:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    (keeps,) = backend.engine.template_loaders
    assert isinstance(keeps, cached.Loader)
    assert [type(loader) is Loader for loader in keeps.loaders] == [True, False]
    assert "\n" not in _source("desk/row.html")
    assert "\n" in _source("account/logout.html")


def _source(name: str) -> str:
    return str(get_template(name).template.source)  # type: ignore[attr-defined]  # the backend's own
