"""Templates stand on many short lines, for people; they are read without the breaks, which on a page are spaces."""

import re

from django.template.base import Origin
from django.template.loaders import filesystem

BREAK = r"[ \t\r\f]*\n[ \t\r\n\f]*"
CODE = r"(?: {%[^\n]*?%} | {{[^\n]*?}} | {\#[^\n]*?\#} )"
KEPT_BLOCK = r"{%\ *(?P<block>blocktrans|blocktranslate|comment|verbatim)\b.*?{%\ *end(?P=block)\b[^\n]*?%}"
ATTRIBUTES = rf"""(?: {CODE} | "(?:{CODE}|[^"])*+" | '(?:{CODE}|[^'])*+' | [^>"'] )*+"""
PIECES = re.compile(
    rf"""
      (?P<kept> {KEPT_BLOCK} | <!--.*?--> | {CODE} )
    | (?P<start> <(?P<name>textarea|pre|script|style)\b {ATTRIBUTES} > ) (?P<inside> .*? (?=</(?P=name)) )
    | (?P<tag> </?[a-z!] {ATTRIBUTES} > )
    | (?: \A | (?<=>) | (?<=[%}}\#]}}) ) {BREAK}
    | {BREAK} (?= < | {{[%{{\#] | \Z )
    | (?P<words> {BREAK} )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
IN_TAG = re.compile(rf"({KEPT_BLOCK}) | {BREAK} (?P<end> (?=/?>\Z) )?", re.VERBOSE | re.DOTALL)


class Loader(filesystem.Loader):
    """Reads templates from DIRS, which hold nobody's but ours, and joins their lines."""

    def get_contents(self, origin: Origin) -> str:
        """The template's own text, joined; what its variables will say is not there yet and stays as it is."""
        return joined(super().get_contents(origin))


def joined(template: str) -> str:
    """The template without the breaks between its lines: white space in which there is a line break.

    - After `>`, `%}`, `}}`, before `<`, `{%`, `{{` and at either end, a break is nothing (as in JSX).
    - Between two words of a text it is one space; within an HTML tag, between its attributes or in one, too, but at the
      end of the tag nothing.
    - In `blocktrans`, `verbatim` and comments, in textarea, pre, script and style it stays as it is.

    White space on one line stays. A space that is wanted at the end of a line is written `{{ " " }}`.
    """
    return PIECES.sub(_join, template)


def _join(piece: re.Match[str]) -> str:
    spaced = IN_TAG.sub(_in_tag, piece["start"] or piece["tag"] or piece["words"] or "")
    return (piece["kept"] or "") + spaced + (piece["inside"] or "")


def _in_tag(found: re.Match[str]) -> str:
    return found[1] or (" " if found["end"] is None else "")
