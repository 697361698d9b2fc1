"""Who may be one person: customers who gave the same e-mail address or phone number. A hint; a person decides.

Never on a name: two people can have one.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from django.db import transaction

from inbox import hot
from inbox.models import Address, Channel, Given, GivenKind, Likeness

WHO_GAVE = """
SELECT customer_id FROM inbox_given WHERE value = %(value)s AND kind = %(kind)s AND customer_id <> %(customer)s
"""

LOOKED_THROUGH = 5000  # characters of a text; who gives his number does so early
MOST = 5  # of each kind: more of them is a list, not a person
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
MAY_HOLD_A_NUMBER = re.compile(r"\d(?:[\s().-]{0,3}\d){6}")
REGIONS = {"ru": "RU", "en": "US", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "uk": "UA", "pl": "PL"}


def given_in(text: str, language: str) -> Iterator[tuple[GivenKind, str]]:
    """The e-mail addresses and phone numbers in a text, each comparable with those of others.

    A number without its country is read as one of the country where the text's language is spoken most.
    """
    text = text[:LOOKED_THROUGH]
    if "@" in text:
        yield from ((GivenKind.EMAIL, found.rstrip(".").lower()) for found in EMAIL.findall(text)[:MOST])
    if MAY_HOLD_A_NUMBER.search(text):
        # Imports for a tenth of a second, which most processes never need.
        from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

        for match in islice(PhoneNumberMatcher(text, REGIONS.get(language), Leniency.VALID), MOST):
            yield GivenKind.PHONE, format_number(match.number, PhoneNumberFormat.E164)


def note_what_was_given(customer: int, text: str, language: str, now: datetime) -> None:
    """Remember what a customer gave of himself, and whom else that points to. Call inside a transaction."""
    for kind, value in dict.fromkeys(given_in(text, language)):
        if _is_ours(value):
            continue
        Given.objects.get_or_create(customer_id=customer, kind=kind, value=value, defaults={"at": now})
        _point_to(customer, kind, value)
        _once_more(partial(_point_to, customer, kind, value))


def note_newcomer(customer: int, address: str) -> None:
    """Somebody writes for the first time from a mail address, which another customer may have given before."""
    _point_to_who_gave(customer, address.lower())
    _once_more(partial(_point_to_who_gave, customer, address.lower()))


def _once_more(look: Callable[[], None]) -> None:
    """Look again when this is committed: who gave the same at this moment is not seen before, by neither of the two."""
    transaction.on_commit(look, robust=True)


def _point_to_who_gave(customer: int, address: str) -> None:
    _suggest(customer, GivenKind.EMAIL, address, _who_gave(customer, GivenKind.EMAIL, address))


def _point_to(customer: int, kind: GivenKind, value: str) -> None:
    others = _who_gave(customer, kind, value)
    if kind == GivenKind.EMAIL:
        others |= set(Address.objects.filter(kind="email", value=value).values_list("customer", flat=True))
    _suggest(customer, kind, value, others - {customer})


def _who_gave(customer: int, kind: GivenKind, value: str) -> set[int]:
    """The other customers who gave this. Asked for each newcomer, so by a prepared statement."""
    return {row[0] for row in hot.fetch(WHO_GAVE, {"customer": customer, "kind": kind, "value": value})}


def _suggest(customer: int, kind: GivenKind, value: str, others: set[int]) -> None:
    for other in others:
        one, two = sorted((customer, other))
        Likeness.objects.get_or_create(customer_id=one, other_id=two, defaults={"kind": kind, "value": value})


def _is_ours(value: str) -> bool:
    return Channel.objects.filter(address__iexact=value).exists()
