"""Whether a mailbox can be used as it is set up, and which side of it cannot."""

import re
from collections.abc import Callable, Mapping, Sequence

from connectors.errors import ChannelError, CredentialsRefused, gettext_noop

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@localhost")


def fields(address: str, *ports: int) -> None:
    """Raise CredentialsRefused for what is no address or no port at all."""
    if not _ADDRESS.fullmatch(address):
        raise CredentialsRefused(gettext_noop("%(address)s is not an e-mail address."), address=address)
    for port in ports:
        if not 0 < port < 65536:
            raise CredentialsRefused(gettext_noop("A port is a number from 1 to 65535, not %(port)s."), port=port)


def sides(attempts: Mapping[str, Callable[[], None]]) -> None:
    """Try all sides by their names. Raise the first failure; its words name each side that fails like that, and what
    is wrong otherwise with the next one comes besides."""
    failures: dict[str, ChannelError] = {}
    for side, attempt in attempts.items():
        try:
            attempt()
        except ChannelError as error:
            failures[side] = error
    if failures:
        first = next(iter(failures.values()))
        said = (first.sentence, first.facts)
        alike = [side for side, failure in failures.items() if (failure.sentence, failure.facts) == said]
        first.words = _named(alike, first)
        for side, failure in failures.items():
            if side not in alike:
                failure.words, first.besides = _named([side], failure), failure
        raise first


def _named(sides: Sequence[str], error: ChannelError) -> str:
    return f"{' + '.join(sides)}: {error.words}".removesuffix(": ")
