"""Who wrote a mail, where mailing lists and web forms put themselves in front of the writer."""

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connectors.contract import Authentication, Person
from connectors.email import addresses, authentication, automatic
from connectors.email.headers import Headers

_BEFORE_THE_LIST = ("x-original-from", "x-original-sender", "x-google-original-from", "reply-to")
_INSTEAD = ("reply-to", "sender", "return-path")


def writer(fields: Headers, charset: str = "") -> Person:
    """The person in From, or the one a list replaced there; an empty address if nobody is named."""
    named = addresses.first(fields.raw("from"), charset)
    if named is None or not named.address:
        return _instead(fields, charset) or named or Person(address="")
    if automatic.is_list(fields) and _is_the_list(fields, named.address):
        return _before_the_list(fields, charset, named)
    return named


def _instead(fields: Headers, charset: str) -> Person | None:
    found = (addresses.first(fields.raw(name), charset) for name in _INSTEAD)
    return next((person for person in found if person and person.address), None)


def _is_the_list(fields: Headers, address: str) -> bool:
    """Whether From holds the address of the list itself."""
    address = address.lower()
    posting = fields.plain("list-post")
    name = fields.plain("list-id").rpartition("<")[2].strip("<> ")
    return address in posting or (bool(name) and address.replace("@", ".") == name)


def _before_the_list(fields: Headers, charset: str, named: Person) -> Person:
    for name in _BEFORE_THE_LIST:
        person = addresses.first(fields.raw(name), charset)
        if person and person.address and person.address.lower() != named.address.lower():
            return Person(address=person.address, name=person.name or _without_via(named.name))
    return named


def _without_via(name: str) -> str:
    """`'Carla' via Support` as `Carla`."""
    return name.rpartition(" via ")[0].strip("'\" ") or name


def proof(fields: Headers, sender: Person, charset: str = "") -> Authentication:
    """What the receiving server found out about the sender.

    DMARC proves the domain of whoever stands in From (RFC 7489, 3.1): not one of several authors, nor somebody whom a
    list, or a mail without an author, names elsewhere.
    """
    found = authentication.read(fields)
    if found.dmarc != "pass" or (_stands_alone(fields, sender, charset) and _is_judged(fields, sender)):
        return found
    return replace(found, dmarc="none")


def _stands_alone(fields: Headers, sender: Person, charset: str) -> bool:
    """Whether he is the only one in From."""
    everybody = (person for value in fields.all("from") for person in addresses.people(value, charset))
    return [person.address for person in everybody if person.address] == [sender.address]


def _is_judged(fields: Headers, sender: Person) -> bool:
    """Whether it was his domain, or the one above it, that passed: a server may have read From differently."""
    judged = authentication.judged_domain(fields)
    domain = sender.address.rpartition("@")[2].lower()
    return not judged or any(f".{name}".endswith(f".{judged}") for name in (domain, _in_ascii(domain)))


def _in_ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def claimed_date(fields: Headers) -> datetime | None:
    """When the sender says it was sent, in UTC; None if he says nothing readable."""
    try:
        claimed = parsedate_to_datetime(fields.text("date"))
        return (claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
