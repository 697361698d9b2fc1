"""Public holidays, as the library `holidays` knows them.

It is imported when somebody asks: that takes a tenth of a second, and most processes never do.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache


def holidays_between(
    country: str, subdivision: str, first: date, last: date, language: str | None = None
) -> dict[date, str]:
    """The public holidays of a country, or of a part of it, and their names; none for an empty country.

    `language` is the reader's; where the library does not speak it, names are in the country's own.
    """
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1) if country else ():
        named = _of(country, subdivision, year, language)
        found |= {day: name for day, name in named.items() if first <= day <= last}
    return found


def countries() -> dict[str, list[str]]:
    """Every country the library knows, with its parts."""
    import holidays

    return dict(holidays.list_supported_countries())


@lru_cache(maxsize=1000)
def _of(country: str, subdivision: str, year: int, language: str | None) -> Mapping[date, str]:
    import holidays

    known = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    spoken = next((each for each in known.supported_languages if language and each.startswith(language)), None)
    if spoken:
        known = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=spoken)
    return {day: name for day, name in known.items() if day.year == year}
