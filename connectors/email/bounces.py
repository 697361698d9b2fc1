"""Reports on what became of a mail of ours: delivery status (RFC 3464), read receipts (RFC 8098), and the
many letters of mail servers that follow no standard."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.contract import Progress
from connectors.email import addresses, headers, identity, limits, sent_back
from connectors.email.headers import Headers
from connectors.email.structure import Part, Tree

_ACTIONS = {
    "failed": Progress.FAILED,
    "failure": Progress.FAILED,
    "delayed": Progress.DELAYED,
    "delivered": Progress.DELIVERED,
    "relayed": Progress.SENT,
    "expanded": Progress.SENT,
}
_WORST_FIRST = (Progress.FAILED, Progress.DELAYED, Progress.DELIVERED, Progress.SENT)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])(\d)(\d)(?:[ -]|$)")
_ADDRESS = re.compile(r"[A-Za-z0-9_.+&=/'!#$%*?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_LABELLED = re.compile(
    r"^[> \t]{0,20}(?:final-recipient|original-recipient|x-actual-recipient|failed recipient|recipient(?: address)?|to)"
    r"\s*:\s*(?:rfc822\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)",
    re.IGNORECASE | re.MULTILINE,
)
_REFUSED = re.compile(
    r"(?:rcpt to|recipient|user|mailbox|address|to|addressee|for|адресат\w*|получател\w*|адрес\w*)[:\s]{1,3}"
    r"<?([^\s<>:;,()]{1,64}@[^\s<>:;,()]{3,200})",
    re.IGNORECASE,
)
_OPENS_LINE = re.compile(
    r"^[ \t]{0,20}<?([^\s<>:;,()]{1,64}@[A-Za-z0-9.-]{3,200}[A-Za-z0-9])>?\s*(?::|\.\.\.|$)", re.MULTILINE
)
_DAEMONS = re.compile(
    r"mailer-?daemon|postmaster|mail\s+delivery\s+(?:sub)?system|mail\s+administrator|mdaemon|microsoft\s*exchange"
    r"|mail\s+system|maildaemon|mailsystem|\bdaemon\b",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|failed|notification|problem|error|has failed|report|delayed)|returned mail"
    r"|mail delivery|failure notice|failure delivery|delivery\s*fail|could not be delivered|message delivery"
    r"|message status|not delivered|nondeliverable|non[- ]delivery|mail (?:system|transaction) (?:error|fail)"
    r"|returning message|return(?:ed)? to sender|warning: (?:message|could not)|delayed mail|rejected|bounce"
    r"|failed mail|mail failed|processing error"
    r"|unable to deliver|user unknown|mail could not|unzustellbar|недостав|не доставлен|ошибка доставки"
    r"|возвращен|не может быть доставлен|notificación de estado de entrega|échec|non remis|onbestelbaar"
    r"|non recapitabile|mancato recapito|配信不能|无法投递|退信|投递失败|系统退信|エラー|送信できません|problème",
    re.IGNORECASE,
)
_CERTAIN_SUBJECTS = re.compile(
    r"^\s*(?:undeliver(?:able|ed)|mail delivery (?:failed|failure|error)|delivery (?:failure|has failed|status)"
    r"|returned mail|failure notice|non-?delivery|(?:mail|message|your message).{0,80}could not be delivered"
    r"|automatically rejected mail|mail system error|unzustellbar|недоставленное|сообщение не доставлено)"
    r"|:\s*non remis|\(delivery failed\)\s*$",
    re.IGNORECASE,
)
_FAILURES = re.compile(
    r"could not be delivered|couldn't be delivered|undeliver|not be delivered|unable to deliver"
    r"|delivery (?:to|has|failed)|(?:user|mailbox|recipient|address)\w* (?:unknown|not found|unavailable|is full"
    r"|rejected|disabled|does not exist)|unknown (?:user|address|recipient|local)"
    r"|no such (?:user|recipient|address|person|mailbox)|returned (?:to|message)|failed (?:permanently|recipient)"
    r"|permanent (?:fatal )?error|does not (?:exist|have)|was not delivered|rejected|недоставл|не доставлен"
    r"|не (?:удалось|был|может быть) доставл|неизвестный адресат|переполнен|550[ -]|554[ -]|5\.\d\.\d"
    r"|konnte nicht zugestellt|n'a pas pu|no se pudo|退信|无法|配信|quota exceeded|over quota|mailbox full",
    re.IGNORECASE,
)
_DELAYS = re.compile(
    r"\bdelayed\b|will (?:be retried|keep trying|continue to)|still (?:trying|be retried)"
    r"|warning: (?:message|could not)|not yet been delivered|this is a warning message only"
    r"|do not need to resend|задерж",
    re.IGNORECASE,
)
_LOOKED_AT = 60_000  # characters of a letter; the original message quoted below is not what we look for


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says about one mail of ours to one recipient.

    `original` is the bare Message-ID, empty if it kept it back; `addressed` is whom we wrote to, where the server tells
    that from where it went in the end.
    """

    progress: Progress
    original: str = ""
    recipient: str = ""
    addressed: str = ""
    status: str = ""
    reason: str = ""
    returned: Headers | None = None  # headers of our mail as they came back


def read(tree: Tree, text: str) -> Sequence[Report]:
    """The report in a mail whose words are `text`, on each recipient, the worst first; empty for mail that is none."""
    leaves = list(tree.root.leaves())
    kind = tree.root.parameters.get("report-type", "").lower()
    if kind == "feedback-report":
        return []
    returned = sent_back.headers_of(leaves)
    original = sent_back.id_of(returned, leaves, text)
    for leaf in leaves:
        if leaf.media_type == "message/disposition-notification":
            return [_read_receipt(leaf, original)]
        is_status = leaf.media_type in ("message/delivery-status", "message/global-delivery-status")
        if is_status and (reports := _delivery_status(leaf, original, returned)):
            return reports
    return _letter(tree, text, original, returned)


def is_abuse_report(root: Part) -> bool:
    """A complaint in the Abuse Reporting Format (RFC 5965)."""
    return root.parameters.get("report-type", "").lower() == "feedback-report" or any(
        leaf.media_type == "message/feedback-report" for leaf in root.leaves()
    )


# ---------------------------------------------------------------------------------------------------
# Reports by the standard


def _groups(leaf: Part) -> Iterator[Headers]:
    """The groups of fields in a status part; blank lines divide them (RFC 3464, 2.1)."""
    for block in re.split(rb"\r?\n[ \t]*\r?\n", leaf.content().strip()):
        yield headers.parse(block)[0]


def _delivery_status(leaf: Part, original: str, returned: Headers | None) -> Sequence[Report]:
    reports = []
    for group in _groups(leaf):
        addressed, final = _typed(group, "original-recipient"), _typed(group, "final-recipient")
        action = _ACTIONS.get((group.plain("action").split() or [""])[0].strip(";,."))
        if not (addressed or final) and action is None:
            continue
        said = group.text("diagnostic-code")
        status = _status(group.text("status")) or _status(said)
        reports.append(
            Report(
                progress=action or (Progress.DELAYED if status.startswith("4") else Progress.FAILED),
                original=original,
                recipient=final or addressed,
                addressed=addressed,
                status=_specific(status, said),
                reason=said.partition(";")[2].strip() or said,
                returned=returned,
            )
        )
    return sorted(reports, key=lambda report: _WORST_FIRST.index(report.progress))[: limits.REPORTED]


def _typed(group: Headers, name: str) -> str:
    """The address in a field like `rfc822; carla@example.com`."""
    kind, semicolon, value = group.text(name).partition(";")
    found = _ADDRESS.search(value if semicolon else kind)
    return found[0] if found else ""


def _status(words: str) -> str:
    found = _STATUS.search(words)
    return found[0] if found else ""


def _failing(words: str) -> str:
    """The first status of a failure; 2.0.12 in a letter is the version of something."""
    return next((found[0] for found in _STATUS.finditer(words) if found[1] != "2"), "")


def _specific(status: str, said: str) -> str:
    """Some servers say 5.0.0 in the field and the truth in the words."""
    exact = _status(said)
    return exact if exact and status[1:] in (".0.0", "") and exact[0] == (status[:1] or exact[0]) else status


def _read_receipt(leaf: Part, original: str) -> Report:
    for group in _groups(leaf):
        disposition = group.plain("disposition")
        original = identity.bare(group.text("original-message-id")) or original
        recipient = _typed(group, "final-recipient")
        if "automatic-action" in disposition and "deleted" in disposition:
            return Report(Progress.FAILED, original, recipient, reason=disposition)  # how filters say no
        if disposition:
            seen = "displayed" in disposition
            return Report(Progress.READ if seen else Progress.DELIVERED, original, recipient, reason=disposition)
    return Report(Progress.DELIVERED, original)


# ---------------------------------------------------------------------------------------------------
# Letters of servers


def _letter(tree: Tree, text: str, original: str, returned: Headers | None) -> Sequence[Report]:
    fields = tree.root.headers
    text = text[:_LOOKED_AT]
    if not _is_letter_of_a_server(tree.root, text, returned):
        return []
    recipients, is_temporary = _by_known_forms(tree, fields)
    recipients = recipients or [_refused(text, fields, returned)]
    status = _failing(text) or _from_code(text)
    delayed = is_temporary or status.startswith("4") or (not status and bool(_DELAYS.search(text)))
    progress = Progress.DELAYED if delayed else Progress.FAILED
    words = _first_words(text)
    return [
        Report(progress, original, recipient, status=status, reason=words, returned=returned)
        for recipient in recipients[: limits.REPORTED]
    ]


def _is_letter_of_a_server(root: Part, text: str, returned: Headers | None) -> bool:
    fields = root.headers
    if "x-failed-recipients" in fields or root.parameters.get("report-type", "").lower() == "delivery-status":
        return True
    subject, beginning = fields.text("subject"), text[:5_000]
    by_daemon = bool(_DAEMONS.search(fields.text("from") or fields.text("sender")))
    if by_daemon:
        return bool(_SUBJECTS.search(subject) or _FAILURES.search(beginning))
    if fields.plain("auto-submitted").startswith("auto-replied"):
        return False
    if fields.raw("return-path") == b"<>" and _SUBJECTS.search(subject):
        return True
    # A gateway with a name of its own: subject, words and the address or mail it is about must all agree.
    about = returned is not None or _ADDRESS.search(beginning)
    return bool(_CERTAIN_SUBJECTS.search(subject) and _FAILURES.search(beginning) and about)


def _by_known_forms(tree: Tree, fields: Headers) -> tuple[list[str], bool]:
    """The addresses that a program's known form names, and whether the failure is temporary."""
    import email  # the library below wants the stdlib's message

    from flufl.bounce import all_failures  # imports for 20 ms, needed for bounces alone

    if failed := [person.address for person in addresses.people(fields.raw("x-failed-recipients")) if person.address]:
        return failed, False
    temporary: frozenset[bytes] = frozenset()
    permanent: frozenset[bytes] = frozenset()
    # It raises on one ugly mail in twenty: no address in From, 8-bit bytes, nesting without end.
    with contextlib.suppress(Exception):
        temporary, permanent = all_failures(email.message_from_bytes(tree.raw[:500_000]))
    for found in (permanent, temporary):
        if found:
            return [min(found).decode("utf-8", "replace")], found is temporary
    return [], False


def _refused(text: str, fields: Headers, returned: Headers | None) -> str:
    """The address that the letter complains about."""
    ours = {
        person.address.lower() for name in ("to", "from", "sender") for person in addresses.people(fields.raw(name))
    }
    for pattern in (_OPENS_LINE, _LABELLED, _REFUSED):
        for found in pattern.findall(text):
            address = _ADDRESS.search(found)
            if address and address[0].lower() not in ours and not _DAEMONS.search(address[0]):
                return address[0]
    if returned:
        reader = addresses.first(returned.raw("to"))
        if reader and reader.address.lower() not in ours:
            return reader.address
    return next((found for found in _ADDRESS.findall(text) if found.lower() not in ours), "")


def _from_code(text: str) -> str:
    """`550 ` of SMTP as 5.0.0: the class is all that is certain."""
    found = _CODE.search(text)
    return f"{found[1]}.0.0" if found else ""


def _first_words(text: str) -> str:
    return " ".join(text.split())[:300]
