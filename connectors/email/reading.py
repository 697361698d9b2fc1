"""A mail as the desk understands it: the conductor of this folder's readers.

Runs in the limited child (`connectors.reader`); needs no credentials and never touches the network.
"""

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from connectors.contract import Appointment, Content, Echo, File, Incoming, Payload, Person, Receipt
from connectors.email import (
    addresses,
    attachments,
    automatic,
    bodies,
    bounces,
    calendars,
    charsets,
    cleaning,
    forwards,
    html_text,
    identity,
    language,
    limits,
    quotes,
    sealed,
    senders,
    spam,
    tnef,
    tokens,
)
from connectors.email.bodies import Body, Segment
from connectors.email.headers import Headers
from connectors.email.structure import Part, Tree
from connectors.errors import Unreadable, gettext_noop

_EMPTY = gettext_noop("This mail is empty: the server handed over no bytes.")
_DELIVERED = (
    *("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to"),
    *("resent-to", "original-recipient", "received"),
)
_QUOTING_HTML = re.compile(r"blockquote|gmail_|RplyFwdMsg|appendonsend|border-top|_quote|_SECTION|moz-|messageReply")
_OURS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@\S+")
_ICS = frozenset({"text/calendar", "application/ics"})


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a mail says, and what it reports of each recipient if it is a server's report.

    `key` is that of the reply which the mail claims to be: true of what lies in our own Sent folder.
    """

    said: Incoming
    reports: Sequence[bounces.Report] = ()
    key: str = ""


def read(payload: Payload, folder: Path) -> Sequence[Content]:
    """One mail: said to us, said by us elsewhere, or a report on something we sent, with a receipt for each recipient.

    Raise Unreadable for a file without bytes; every other file is understood somehow.
    """
    facts = payload.facts
    understanding = understand(payload.read(), folder, cut="cut" in facts, charset=facts.get("charset", ""))
    said = understanding.said
    if understanding.reports:
        return [
            Receipt(
                provider_id=report.original,
                progress=report.progress,
                at=said.sent_at,
                recipient=report.addressed or report.recipient,
                status=report.status,
                reason=report.reason,
                said=said,
            )
            for report in understanding.reports
        ]
    return [Echo(said=said, key=understanding.key)] if facts.get("role") == "sent" else [said]


def understand(raw: bytes, folder: Path, *, cut: bool = False, charset: str = "") -> Understanding:
    """Read the bytes of a mail; its files go to `folder`. `cut` says that the server holds more of it.

    `charset` is what a person says its texts, its subject and the names of people are in; addresses are read as ever.
    """
    if not raw.strip():
        raise Unreadable(_EMPTY)
    tree = Tree(raw)
    leaves = [part for part in tree.root.leaves() if part.disposition != "attachment"]
    declared = [part.parameters.get("charset", "") for part in leaves if part.media_type.startswith("text/")]
    chosen = charsets.Chosen(charset, declared)
    letter = _Letter(tree, attachments.Store(folder), notices=["cut"] if cut else [], chosen=chosen)
    letter.unpack()
    letter.settle()
    reports = bounces.read(tree, letter.text)
    ours = _OURS.fullmatch(identity.given_out(letter.fields))
    return Understanding(_incoming(letter, reports), reports, key=ours[1] if ours else "")


@dataclass(slots=True)
class _Letter:
    """A mail while it is being read."""

    tree: Tree
    store: attachments.Store
    notices: list[str]
    chosen: charsets.Chosen
    body: Body = field(default_factory=Body)
    text: str = ""
    html: str = ""
    reply: str = ""
    quoted: str = ""
    remote_images: int = 0
    files: list[File] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)

    @property
    def fields(self) -> Headers:
        return self.tree.root.headers

    def notice(self, code: str) -> None:
        if code not in self.notices:
            self.notices.append(code)

    # -- open what is wrapped up

    def unpack(self) -> None:
        """Sort the parts, opening opaque signatures and winmail.dat."""
        self.body = bodies.collect(self.tree.root, self.chosen)
        for part in list(self.body.files):
            if sealed.is_pkcs7(part):
                self._unseal(part)
            elif part.media_type in tnef.TYPES or part.filename.lower() == "winmail.dat":
                self._open_tnef(part)
        for code in sorted(self.body.wrappings):
            self.notice(code)

    def _unseal(self, part: Part) -> None:
        content = sealed.signed_content(part)
        if content is None:
            self.body.wrappings.add("encrypted")
            return
        inner = Tree(content)
        self.tree.limited |= inner.limited
        self.body.add(bodies.collect(inner.root, self.chosen))
        self.body.wrappings.add("signed")

    def _open_tnef(self, part: Part) -> None:
        unpacked = tnef.unpack(part.content())
        if unpacked is None:
            return
        self.notice("tnef")
        if not self.body.segments and (unpacked.text or unpacked.html):
            self.body.segments.append(Segment(text=unpacked.text, html=unpacked.html))
        for name, content in unpacked.files:
            self.files.append(self.store.put(name, mimetypes.guess_type(name)[0] or "", content))

    # -- settle what it says

    def settle(self) -> None:
        """Text, HTML, what is new in them, and the files."""
        segments = bodies.speaking(self.body)
        html = bodies.joined_html(segments)
        marked = tokens.without_marker(bodies.joined_text(segments))
        marked, seal = sealed.unarmoured(marked)
        if seal:
            self.notice(seal)
        halves = _halves(marked, segments)
        self.text = html_text.without_marks(marked)
        self.reply, self.quoted = halves.reply, halves.quoted
        self._show(html)
        self._put_files(attachments.references(html))
        if self.tree.limited:
            self.notice("limits")

    def _show(self, html: str) -> None:
        if not html:
            return
        if html_text.is_too_complex(html):
            self.notice("html-too-complex")
            return
        clean = cleaning.clean(html)
        self.html, self.remote_images = clean.html, clean.remote_images

    def _put_files(self, referenced: frozenset[str]) -> None:
        calendars_seen: set[str] = set()
        for part in self.body.files:
            is_calendar = part.media_type in _ICS or part.filename.lower().endswith(".ics")
            file = self.store.put_part(part, referenced)
            if is_calendar:
                if file.sha256 in calendars_seen:
                    continue
                calendars_seen.add(file.sha256)
                self.appointments += calendars.read(part.content(), part.parameters.get("method", ""))
            self.files.append(file)


def _halves(marked: str, segments: Sequence[Segment]) -> quotes.Split:
    """The reply by the text; by the HTML where only that shows what is quoted."""
    halves = quotes.split(marked)
    if halves.quoted or not any(segment.text and _QUOTING_HTML.search(segment.html) for segment in segments):
        return halves
    pages = "\n\n".join(html_text.read(segment.html).text or segment.text for segment in segments)
    by_html = quotes.split(tokens.without_marker(pages))
    return by_html if by_html.quoted and by_html.reply else halves


def _incoming(letter: _Letter, reports: Sequence[bounces.Report]) -> Incoming:
    fields, root = letter.fields, letter.tree.root
    charset = root.parameters.get("charset", "")
    sender, reply_to, to, cc = _people(fields, charset, letter.chosen)
    subject = " ".join(fields.text("subject", letter.chosen or charset).split())
    complains = bounces.is_abuse_report(root)
    own_id = identity.message_id(fields, letter.tree.raw)
    if "message-id" not in fields:
        letter.notice("missing-id")
    return Incoming(
        provider_id=identity.provider_id(own_id, root.raw[root.start : root.end]),
        reference=own_id,
        sender=sender,
        text=letter.text,
        reply_text=letter.reply,
        quoted_text=letter.quoted,
        html=letter.html,
        remote_images=letter.remote_images,
        subject=subject,
        sent_at=senders.claimed_date(fields),
        reply_to=reply_to,
        to=to,
        cc=cc,
        attachments=tuple(letter.files),
        parents=identity.parents(fields),
        tokens=_tokens(letter, subject, reports),
        automatic="a complaint (ARF)" if complains else automatic.reason(root, sender.address),
        is_auto_answer=not complains and automatic.is_answer(root, sender.address),
        is_list=automatic.is_list(fields),
        authentication=senders.proof(fields, sender, charset),
        spam=spam.read(fields),
        forwarded_from=forwards.original_sender(subject, letter.text, letter.body.files),
        appointments=tuple(letter.appointments),
        language=language.of(letter.reply),
        notices=tuple(letter.notices),
    )


_People: TypeAlias = tuple[Person, Person | None, tuple[Person, ...], tuple[Person, ...]]


def _people(fields: Headers, charset: str, chosen: charsets.Chosen) -> _People:
    """The sender, where answers go if not to him, and everybody in To and Cc; with their names as a person chose."""
    read = _people_in(fields, charset)
    if not chosen:
        return read
    sender, reply_to, to, cc = _people_in(fields, chosen)
    return (
        _called(read[0], sender),
        _called(read[1], reply_to) if read[1] and reply_to else read[1],
        _all_called(read[2], to),
        _all_called(read[3], cc),
    )


def _people_in(fields: Headers, charset: str) -> _People:
    sender = senders.writer(fields, charset)
    return sender, _other(fields, charset, sender), _everybody(fields, "to", charset), _everybody(fields, "cc", charset)


def _all_called(read: tuple[Person, ...], chosen: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(map(_called, read, chosen)) if len(read) == len(chosen) else read


def _called(read: Person, chosen: Person) -> Person:
    """The same person by the name that he has in the chosen charset: his address is never another one."""
    return replace(read, name=chosen.name) if read.address == chosen.address else read


def _other(fields: Headers, charset: str, sender: Person) -> Person | None:
    person = addresses.first(fields.raw("reply-to"), charset)
    if person is None or not person.address or person.address.lower() == sender.address.lower():
        return None
    return person


def _everybody(fields: Headers, name: str, charset: str) -> tuple[Person, ...]:
    everybody = [person for value in fields.all(name) for person in addresses.people(value, charset)]
    return tuple(everybody[: limits.RECIPIENTS])


def _tokens(letter: _Letter, subject: str, reports: Sequence[bounces.Report]) -> tuple[str, ...]:
    values = [value.decode("latin-1") for name in _DELIVERED for value in letter.fields.all(name)]
    if reports and (returned := reports[0].returned):
        values += [returned.raw(name).decode("latin-1") for name in ("reply-to", "from", "return-path")]
    named = " ".join(letter.fields.raw(name).decode("latin-1") for name in ("in-reply-to", "references"))
    return tokens.found_in(values, subject, bodies.joined_html(letter.body.segments), letter.text, named)
