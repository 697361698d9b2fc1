"""What the receiving server found out about the sender (RFC 8601), read as real servers write it.

Only the topmost field counts: those below came with the mail and anybody can write them. Whether its
server is the one we trust is for the inbox to say.
"""

import re

from connectors.contract import Authentication
from connectors.email.headers import Headers

_COMMENT = re.compile(r"\([^()]{0,2000}\)")
_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*\"?([a-z]+)", re.IGNORECASE)
_SPF_WORD = re.compile(r"^\s*([a-z]+)", re.IGNORECASE)
_JUDGED = re.compile(r"(?:^|[;\s])dmarc\s*=[^;]{0,500}?\sheader\.from\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_KNOWN = frozenset({"pass", "fail", "none", "neutral", "softfail", "temperror", "permerror", "policy", "bestguesspass"})
_BETTER_FIRST = ("pass", "fail", "softfail", "neutral", "policy", "temperror", "permerror", "none")


def read(fields: Headers) -> Authentication:
    """The verdicts of the topmost Authentication-Results, or at least of Received-SPF."""
    value = fields.text("authentication-results")
    if not value:
        word = _SPF_WORD.match(fields.text("received-spf"))
        return Authentication(spf=_known(word[1]) if word else "none")
    plain = _without_comments(value)
    found: dict[str, str] = {}
    for method, word in _RESULT.findall(plain):
        verdict, method = _known(word), method.lower()
        if method not in found or _rank(verdict) < _rank(found[method]):
            found[method] = verdict
    return Authentication(server=_server(plain), **found)


def judged_domain(fields: Headers) -> str:
    """The domain in From as DMARC's verdict names it, in lower case; empty where it names none."""
    judged = _JUDGED.search(_without_comments(fields.text("authentication-results")))
    return judged[1].lower() if judged else ""


def _without_comments(value: str) -> str:
    for _ in range(5):  # comments nest, but not deeper than this in any real one
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    return value


def _server(plain: str) -> str:
    """The authserv-id; Microsoft 365 leaves it out and begins with the first result."""
    words = plain.split(";", 1)[0].split()
    return "" if not words or "=" in words[0] else words[0].strip("\"'").lower()


def _known(word: str) -> str:
    word = word.lower()
    return {"hardfail": "fail", "error": "temperror", "bestguesspass": "pass"}.get(word, word) if word else "none"


def _rank(verdict: str) -> int:
    """Of several DKIM signatures the best one speaks."""
    return _BETTER_FIRST.index(verdict) if verdict in _BETTER_FIRST else len(_BETTER_FIRST)
