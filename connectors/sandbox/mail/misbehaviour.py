"""What the stand-in shall do wrong, kept in a file so that it can be switched from another process."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from connectors.sandbox.disk import write_whole


class Cut(StrEnum):
    """Where the SMTP connection ends."""

    NEVER = ""
    BEFORE_DATA = "before data"
    IN_DATA = "in data"
    AFTER_DOT = "after dot"  # the mail is kept, the answer is not given
    AFTER_DOT_LOST = "after dot, lost"  # the mail is not kept either


class Renames(StrEnum):
    """Whose habit it follows of giving a mail that is handed in another Message-ID."""

    NEVER = ""
    SES = "Amazon SES"
    EXCHANGE = "Microsoft 365"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """All is well by default. Answers are whole SMTP lines, as `451 4.7.1 come again`."""

    refuse_login: bool = False
    cut: Cut = Cut.NEVER
    recipients: dict[str, str] = field(default_factory=dict)  # the answer to RCPT TO by address
    after_dot: str = ""  # the answer to a whole mail, which is not kept
    pause_seconds: float = 0.0  # before each answer
    renames: Renames = Renames.NEVER


class Switch:
    """The file that holds the present misbehaviour."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "misbehaviour.json"

    def set(self, wanted: Misbehaviour) -> None:
        write_whole(self._path, json.dumps(asdict(wanted)).encode())

    def get(self) -> Misbehaviour:
        try:
            found = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return Misbehaviour()
        return Misbehaviour(**{**found, "cut": Cut(found["cut"]), "renames": Renames(found.get("renames", ""))})
