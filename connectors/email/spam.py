"""Spam verdicts of the filters that a mail passed (SpamAssassin, rspamd, Microsoft, Yandex, Mail.ru, ...).

Anybody can write these headers; only those of a filter that the channel trusts may move a mail.
"""

import re

from connectors.contract import Spam
from connectors.email.headers import Headers

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SCORE = re.compile(r"(?:score|hits)\s*=\s*([-+]?\d+(?:\.\d+)?)", re.IGNORECASE)
_YES = re.compile(r"^\s*(?:yes|true|spam|1)\b", re.IGNORECASE)
_NO = re.compile(r"^\s*(?:no|false|0|ham|not\b)", re.IGNORECASE)
_REQUIRED = re.compile(r"(?:required|threshold)\s*=\s*([-+]?\d+(?:\.\d+)?)|/\s*([-+]?\d+(?:\.\d+)?)")
_FLAGS = (
    "x-spam-status",
    "x-spam-flag",
    "x-spam",
    "x-spam-result",
    "x-yandex-spam",
    "x-mras",
    "x-spam-level",
)
_SCORES = ("x-spam-score", "x-spamd-result", "x-spamd-bar", "x-rspamd-score")
_BAD_ACTIONS = ("reject", "add header", "rewrite subject", "soft reject")
_MICROSOFT = "x-ms-exchange-organization-scl"
_SUSPECT_LEVEL = 5  # Microsoft's levels: 5 and 6 are spam, 9 surely


def read(fields: Headers) -> Spam | None:
    """The first verdict found, with the score if there is one; None if no filter left a word."""
    score = _score(fields)
    for name in _FLAGS:
        if name in fields:
            verdict = _flag(name, fields.text(name))
            if verdict is not None:
                return Spam(verdict=verdict, score=score, header=name)
    if "x-spam-action" in fields or "x-rspamd-action" in fields:
        name = "x-spam-action" if "x-spam-action" in fields else "x-rspamd-action"
        return Spam(verdict=fields.plain(name).startswith(_BAD_ACTIONS), score=score, header=name)
    level = _NUMBER.search(fields.text(_MICROSOFT))
    if level:
        return Spam(verdict=float(level[0]) >= _SUSPECT_LEVEL, score=float(level[0]), header=_MICROSOFT)
    return _by_score(fields, score)


def _flag(name: str, value: str) -> bool | None:
    if name == "x-spam-level":
        return None
    if name == "x-yandex-spam":  # 1 is good, 4 is spam
        return value.strip().startswith("4")
    if name == "x-mras":
        return {"ok": False, "spam": True, "bad": True}.get(value.strip().lower())
    if _YES.match(value):
        return True
    return False if _NO.match(value) else None


def _score(fields: Headers) -> float | None:
    named = _SCORE.search(fields.text("x-spam-status"))
    if named:
        return float(named[1])
    for name in _SCORES:
        number = _NUMBER.search(fields.text(name).replace("[", " "))
        if number:
            return float(number[0])
    return None


def _by_score(fields: Headers, score: float | None) -> Spam | None:
    """A score that names what it would take to be spam."""
    for name in _SCORES:
        required = _REQUIRED.search(fields.text(name))
        if required and score is not None:
            return Spam(verdict=score >= float(required[1] or required[2]), score=score, header=name)
    return Spam(verdict=False, score=score, header="x-spam-score") if score is not None else None
