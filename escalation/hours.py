"""Times of a day as people write them: "9:00-13:00, 14-18". Pure."""

import re
from collections.abc import Iterable
from datetime import time

from django.utils.translation import gettext_noop

from inbox.errors import Invalid

MOST = 6  # stretches a day; more is a slip of the pen
PART = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?(?:\s*[x×х*]\s*(\d{1,3}))?")

Span = tuple[time, time]


def spans(text: str) -> list[Span]:
    """The stretches of a day, in order. Raise Invalid for what is none. One that ends at 24 ends at midnight."""
    return [(starts, ends) for starts, ends, _people in spans_of_people(text)]


def spans_of_people(text: str) -> list[tuple[time, time, int]]:
    """The same with how many people: "9-18 x2"; one if it is not said."""
    found = [_read(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]
    if len(found) > MOST:
        raise Invalid(gettext_noop("At most %(most)s stretches a day."), most=MOST)
    return sorted(found)


def written(found: Iterable[Span]) -> str:
    """As one reads it."""
    return ", ".join(f"{starts:%H:%M}-{'24:00' if ends == time() else f'{ends:%H:%M}'}" for starts, ends in found)


def written_of_people(found: Iterable[tuple[time, time, int]]) -> str:
    """As one reads it, with the number of people where it is more than one."""
    return ", ".join(
        written([(starts, ends)]) + (f" x{people}" if people > 1 else "") for starts, ends, people in found
    )


def _read(part: str) -> tuple[time, time, int]:
    found = PART.fullmatch(part)
    numbers = [int(number or 0) for number in found.groups()] if found else []
    if not found or numbers[0] > 23 or numbers[1] > 59 or numbers[2] * 60 + numbers[3] > 24 * 60 or numbers[3] > 59:
        raise Invalid(gettext_noop("“%(text)s” is no stretch of a day. Write it like 9:00-13:00."), text=part[:40])
    people = numbers[4] if found[5] else 1
    if not people:
        raise Invalid(gettext_noop("Nobody is no cover: say how many people, or leave the stretch out."))
    return time(numbers[0], numbers[1]), time(numbers[2] % 24, numbers[3]), people
