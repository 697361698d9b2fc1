"""Dates and numbers as the reader writes them."""

from datetime import datetime

import pytest
from django.utils import formats, translation

MOMENT = datetime(2026, 11, 9, 16, 5)  # noqa: DTZ001  # a wall clock


@pytest.mark.parametrize(
    ("language", "day", "moment", "amount"),
    [
        ("en", "9 November 2026", "9 November 2026, 16:05", "1,234.5"),
        ("ru", "9 ноября 2026 г.", "9 ноября 2026 г. 16:05", "1\N{NO-BREAK SPACE}234,5"),
    ],
)
def test_dates_and_numbers_are_those_of_the_language(language: str, day: str, moment: str, amount: str) -> None:
    with translation.override(language):
        assert formats.date_format(MOMENT, "DATE_FORMAT") == day
        assert formats.date_format(MOMENT, "DATETIME_FORMAT") == moment
        assert formats.number_format(1234.5, 1, force_grouping=True) == amount
