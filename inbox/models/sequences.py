"""Numbers that people read aloud: from a sequence, so never reused; a gap means a transaction that failed."""

from django.db.models import BigIntegerField, Func, Value


class NextNumber(Func):
    """The next value of a PostgreSQL sequence, as a database default."""

    function = "nextval"
    output_field = BigIntegerField()

    def __init__(self, sequence: str) -> None:
        super().__init__(Value(sequence))
        self.sequence = sequence

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, object]]:
        return "inbox.models.sequences.NextNumber", (self.sequence,), {}
