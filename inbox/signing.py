"""Reply tokens: a short text that says which conversation a mail answers, and that we wrote it.

A token is a routing hint, never proof of who sends: whoever received our mail can repeat it.
Written `c<number in base 36>.<16 hex digits of HMAC-SHA256>`.
"""

from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "otvet.reply-token"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def token_for(number: int) -> str:
    """The reply token of the conversation with this number."""
    return f"c{_base36(number)}.{_mac(number)}"


def number_of(token: str) -> int | None:
    """The conversation's number if the token is ours, else None."""
    head, _, mac = token.strip().lower().partition(".")
    try:
        number = int(head.removeprefix("c"), 36)
    except ValueError:
        return None
    return number if head.startswith("c") and constant_time_compare(mac, _mac(number)) else None


def _mac(number: int) -> str:
    return salted_hmac(SALT, str(number), algorithm="sha256").hexdigest()[:16]


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"
