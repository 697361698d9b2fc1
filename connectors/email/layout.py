"""How an answer looks in the customer's mail program: our words, the signature, and his words below."""

from datetime import datetime
from html import escape

from connectors.contract import Reply
from connectors.email import tokens

_STYLE_QUOTE = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"


def as_text(reply: Reply) -> str:
    """Plain text, lines as the agent wrote them."""
    blocks = [_trimmed(reply.text)]
    if reply.signature.strip():
        blocks.append(f"-- \n{_trimmed(reply.signature)}")
    if reply.quoted.strip():
        blocks.append(f"{_attribution(reply)}\n{_quoted(reply.quoted)}")
    return "\n\n".join(blocks) + "\n"


def as_html(reply: Reply) -> str:
    """The same in simple HTML, with the invisible mark that programs carry along when they quote us."""
    blocks = [f"<div>{_lines(reply.text)}</div>"]
    if reply.token:
        blocks.append(tokens.marker(reply.token))
    if reply.signature.strip():
        blocks.append(f"<div><br>-- <br>{_lines(reply.signature)}</div>")
    if reply.quoted.strip():
        blocks.append(
            f'<div class="gmail_quote"><br><div class="gmail_attr">{escape(_attribution(reply))}</div>'
            f'<blockquote type="cite" style="{_STYLE_QUOTE}">{_lines(reply.quoted)}</blockquote></div>'
        )
    return f"<!doctype html><html><body>{''.join(blocks)}</body></html>\n"


def _attribution(reply: Reply) -> str:
    """Without words, so that it fits every language: date and name, as the quote splitters know it."""
    when = _day(reply.quoted_at) if reply.quoted_at else ""
    return f"{', '.join(part for part in (when, reply.quoted_from) if part)}:"


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M %z").strip()


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line and not line.startswith(">") else f">{line}" for line in _split(text))


def _lines(text: str) -> str:
    return "<br>\n".join(escape(line).replace("  ", "&nbsp; ") for line in _split(text))


def _split(text: str) -> list[str]:
    return _trimmed(text).split("\n")


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
