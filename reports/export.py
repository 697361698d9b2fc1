"""Tables as files: everything, row by row, and nothing in it that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# What a spreadsheet takes for a formula begins so (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Line:
    """A file that keeps nothing: what is written into it is the answer."""

    def write(self, text: str) -> str:
        return text


def as_csv(name: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download; rows are sent as they come, however many there are."""
    return StreamingHttpResponse(
        written(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as text. A mark says that it is UTF-8: spreadsheets would guess."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([harmless(value) for value in row])


def harmless(value: object) -> object:
    """A number as it is; a text so that it stays one."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
