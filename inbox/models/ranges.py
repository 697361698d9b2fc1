"""Ranges for exclusion constraints. Ids become ranges of one, so that plain GiST serves without an extension."""

from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db.models import Func


class IdRange(Func):
    """int8range(id, id, '[]')"""

    function = "int8range"
    output_field = BigIntegerRangeField()


class TimeRange(Func):
    """tstzrange(from, to, '[)'); an empty end is open."""

    function = "tstzrange"
    output_field = DateTimeRangeField()
