"""Whatever the bytes are: a mail is understood, or refused with a sentence."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import Payload
from connectors.email import html_text, quotes, reading
from connectors.email.structure import Tree
from connectors.errors import Unreadable

EXAMPLES = [path.read_bytes() for path in sorted((Path(reading.__file__).parent / "examples").glob("*.eml"))]
_WORDS = (
    "From To Subject Date Message-ID Content-Type Content-Disposition List-Id References Content-ID Reply-To X-Odd"
    " Content-Transfer-Encoding Authentication-Results X-Spam-Status"
)
_NAMES = st.sampled_from(_WORDS.split())
_TRICKY = [
    b"multipart/mixed; boundary=b",
    b"text/html; charset=koi8-r",
    b"base64",
    b"message/rfc822",
    b"attachment",
    b"=?utf-8?b?0J?= =?x?q?=zz?=",
    b"<ab@",
    b"a- <",
    b"=x: y;b>",
    b"a/b; filename*5*=u\x00-8''a",
    b"((((",
    b"=?",
]
_VALUES = st.binary(max_size=60) | st.sampled_from(_TRICKY)
_FIELDS = st.lists(st.tuples(_NAMES, _VALUES), max_size=8)
_BODIES = st.lists(
    st.sampled_from([b"--b\r\n", b"--b--\r\n", b"\r\n", b"words\r\n"]) | st.binary(max_size=80), max_size=8
)


def understand(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mail"
        path.write_bytes(raw)
        with suppress(Unreadable):
            reading.read(Payload(body=path), Path(folder))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(_FIELDS, _BODIES)
def test_made_up_mail_is_understood(fields: list[tuple[str, bytes]], body: list[bytes]) -> None:
    understand(b"".join(name.encode() + b": " + value + b"\r\n" for name, value in fields) + b"\r\n" + b"".join(body))


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(EXAMPLES), st.data())
def test_a_damaged_mail_is_understood(raw: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw)))
    length = data.draw(st.integers(0, 40))
    understand(raw[:at] + data.draw(st.binary(max_size=12)) + raw[at + length :])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("> \n:-_@<.1wроте") | st.characters(), max_size=120))
def test_no_word_of_any_text_is_lost_by_splitting(text: str) -> None:
    halves = quotes.split(text)
    assert "".join((halves.reply + halves.quoted).split()) == "".join(html_text.without_marks(text).split())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_a_tree_never_holds_more_than_the_mail(raw: bytes) -> None:
    assert sum(leaf.end - leaf.start for leaf in Tree(raw).root.leaves()) <= len(raw)
