"""What this connector understands of a file, as one JSON object for an admin who wonders about a mail."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.contract import File, Incoming, Person, Progress
from connectors.email import bounces, identity, reading
from connectors.email.structure import Tree
from connectors.errors import ChannelError

_BOUNCED = (Progress.FAILED, Progress.DELAYED)


def describe(path: Path) -> Mapping[str, object]:
    """The object `manage.py inspect_email` prints; `error` says what was wrong, nothing raises."""
    try:
        raw = path.read_bytes()
        with TemporaryDirectory() as folder:
            understanding = reading.understand(raw, Path(folder))
    except OSError as error:
        return _failed(path, f"The file cannot be read: {error.strerror}.")
    except ChannelError as error:
        return _failed(path, str(error))
    return _described(path, raw, understanding)


def _failed(path: Path, error: str) -> Mapping[str, object]:
    """The same object for a file of which nothing was understood."""
    said = Incoming(provider_id="", reference="", sender=Person(address=""), text="")
    return {**_said(path, said), "in_reply_to": None, "references": [], "bounce": None, "error": error}


def _described(path: Path, raw: bytes, understanding: reading.Understanding) -> Mapping[str, object]:
    fields = Tree(raw).root.headers
    return {
        **_said(path, understanding.said),
        "in_reply_to": next(iter(identity.all_bare(fields.text("in-reply-to"))), None),
        "references": identity.all_bare(fields.text("references")),
        "bounce": _bounce(understanding.reports),
        "error": None,
    }


def _said(path: Path, said: Incoming) -> dict[str, object]:
    authentication, spam = said.authentication, said.spam
    return {
        "file": str(path),
        "message_id": said.reference or None,
        "in_reply_to": None,
        "references": [],
        "date": said.sent_at.isoformat() if said.sent_at else None,
        "from": _person(said.sender),
        "reply_to": _person(said.reply_to) if said.reply_to else None,
        "to": [_person(person) for person in said.to],
        "cc": [_person(person) for person in said.cc],
        "subject": said.subject,
        "text": said.text,
        "html": said.html,
        "reply_text": said.reply_text,
        "quoted_text": said.quoted_text,
        "attachments": [_file(file) for file in said.attachments],
        "auto_submitted": {"value": bool(said.automatic), "why": said.automatic},
        "bounce": None,
        "authentication": {
            "spf": authentication.spf if authentication else "none",
            "dkim": authentication.dkim if authentication else "none",
            "dmarc": authentication.dmarc if authentication else "none",
        },
        "spam": {"score": spam.score, "verdict": spam.verdict} if spam else None,
        "language": said.language,
        "error": None,
    }


def _person(person: Person) -> Mapping[str, str]:
    return {"name": person.name, "address": person.address}


def _file(file: File) -> Mapping[str, object]:
    return {
        "name": file.name,
        "type": file.media_type,
        "size": file.size,
        "inline": file.inline,
        "sha256": file.sha256,
    }


def _bounce(reports: Sequence[bounces.Report]) -> Mapping[str, object] | None:
    report = next(iter(reports), None)
    if report is None or report.progress not in _BOUNCED:
        return None
    final = report.progress is Progress.FAILED
    return {"recipient": report.recipient, "status": report.status, "final": final}
