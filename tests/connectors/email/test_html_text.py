"""HTML as text."""

import pytest

from connectors.email import html_text, limits


def plain(html: str) -> str:
    return html_text.without_marks(html_text.read(html).text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one<br>two", "one\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ('<p class="MsoNormal">one</p><p class="MsoNormal">two</p>', "one\ntwo"),
        ("<div>one<div>two</div>three</div>", "one\ntwo\nthree"),
        ("a <b>b</b>  c&nbsp;d &lt;e&gt;", "a b c d <e>"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>one\n  two</pre>", "one\n  two"),
        ("<style>p{}</style><script>x()</script><title>t</title><p>words</p>", "words"),
        ('<div style="display:none">hidden</div>seen', "seen"),
        ("<div><br></div>a<div><br></div>b", "a\n\nb"),
        ("words<!-- comment -->here", "wordshere"),
        ("no tags at all", "no tags at all"),
        ("a\u200bb\u00adc", "abc"),
        ("", ""),
    ],
)
def test_text_is_laid_out_as_a_reader_sees_it(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    "html", ["<div>" * 100_000 + "x", "<b><i><p>" * 30_000 + "x", "<table><tr><td>" * 20_000 + "x"]
)
def test_html_that_is_too_deep_is_told_apart_and_its_words_are_kept(html: str) -> None:
    reading = html_text.read(html)
    assert reading.too_complex
    assert html_text.is_too_complex(html)
    assert reading.text.strip() == "x"


def test_html_that_is_too_long_keeps_its_words() -> None:
    html = "<script>bad()</script><p>one</p><!-- no -->two &amp; three" + " " * limits.HTML_CHARACTERS
    assert html_text.is_too_complex(html)
    assert plain(html) == "one\ntwo & three"


def test_ordinary_html_is_not_too_complex() -> None:
    assert not html_text.is_too_complex("<div><p>words</p></div>" * 2_000)


def test_marks_in_the_html_itself_are_removed() -> None:
    assert html_text.read("a\ue000b&#xe001;c").text == "abc"
