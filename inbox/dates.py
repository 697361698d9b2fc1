"""Dates in words: by the names of days and months."""

from datetime import date

from django.utils import formats
from django.utils.translation import get_language


def dated(when: date, form: str) -> str:
    """A day or an instant as Django writes `form`; Russian begins neither a day nor a month with a capital."""
    shown: str = formats.date_format(when, form)
    return shown.lower() if get_language() == "ru" else shown
