"""The street by mail: what one writes goes over the wire, as from anybody."""

import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import format_datetime, formataddr, make_msgid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.street.town import Town, the_town
from connectors.sandbox.mail.log import Accepted
from connectors.sandbox.mail.server import ADDRESS, HOST

SHOWN = 50
MOST_READ = 128 * 1024  # bytes of each: more than anybody reads here
MOST_WORDS = 500  # encoded ones: for thousands the standard library takes a minute and gigabytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that went over the street, as its receiver reads it."""

    sequence: int
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    from_us: bool
    message_id: str


class LetterForm(forms.Form):
    """A mail to the company."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=80, required=False, widget=forms.TextInput({"class": "input"})
    )
    address = forms.EmailField(label=gettext_lazy("Your address"), widget=forms.EmailInput({"class": "input"}))
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=200, required=False, widget=forms.TextInput({"class": "input"})
    )
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea({"class": "input", "rows": 6}))
    answers = forms.IntegerField(required=False, widget=forms.HiddenInput)


@login_required
def letters(request: HttpRequest) -> HttpResponse:
    """Write a mail from any address, and see what arrives there."""
    town = the_town()
    if town is None:
        raise Http404
    form = LetterForm(request.POST or None, initial=_answering(town, request.GET.get("answers", "")))
    if request.method == "POST" and form.is_valid():
        _post(town, form.cleaned_data)
        messages.success(request, _("It is on its way to %(address)s.") % {"address": ADDRESS})
        return redirect(f"{reverse('street')}?as={form.cleaned_data['address']}")
    context = {"form": form, "letters": _letters(town), "company": ADDRESS, "street": "mail"}
    return render(request, "street/letters.html", context)


def _letters(town: Town) -> list[Letter]:
    return [_letter(accepted) for accepted in town.mail.newest(SHOWN)]


def _letter(accepted: Accepted) -> Letter:
    subject, text, message_id = _read(accepted.raw[:MOST_READ])
    return Letter(
        sequence=accepted.sequence,
        at=datetime.fromtimestamp(accepted.at, UTC),
        sender=accepted.sender,
        to=", ".join(accepted.recipients),
        subject=subject,
        text=text,
        from_us=bool(accepted.login),
        message_id=message_id,
    )


def _read(raw: bytes) -> tuple[str, str, str]:
    """Subject, text and Message-ID; of what was built to break its reader, and must not close the street, its bytes."""
    try:
        if raw.count(b"=?") > MOST_WORDS:
            raise ValueError
        mail = message_from_bytes(raw, policy=default)
        body = mail.get_body(("plain", "html"))
        text = str(body.get_content()) if body else ""
        return str(mail.get("Subject", "")), text, str(mail.get("Message-ID", ""))
    except Exception:  # in more ways than can be named: access to a header raises, a charset is unknown, parts are deep
        return "", raw.decode("utf-8", "replace"), ""


def _answering(town: Town, sequence: str) -> dict[str, object]:
    """What the form begins with: an answer to the mail with this number, or carla's first mail."""
    found = town.mail.accepted(int(sequence)) if sequence.isdecimal() and len(sequence) < 10 else None
    if found is None:
        return {"name": "Carla", "address": "carla@example.com"}
    letter = _letter(found)
    subject = letter.subject if letter.subject.lower().startswith("re:") else f"Re: {letter.subject}"
    return {"address": found.recipients[0], "subject": subject, "answers": found.sequence}


def _post(town: Town, wanted: dict[str, Any]) -> None:
    mail = EmailMessage()
    mail["From"] = formataddr((wanted["name"], wanted["address"]))
    mail["To"] = ADDRESS
    mail["Subject"] = wanted["subject"]
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = make_msgid(domain=wanted["address"].rpartition("@")[2])
    text = wanted["text"]
    answered = town.mail.accepted(wanted["answers"]) if wanted["answers"] else None
    if answered:
        text += _threaded(mail, message_from_bytes(answered.raw), _letter(answered))
    mail.set_content(text)
    with smtplib.SMTP(HOST, town.ports.smtp, timeout=10) as line:
        line.send_message(mail, wanted["address"], [mail["To"]])


def _threaded(mail: EmailMessage, answered: Message, letter: Letter) -> str:
    """Answer as a mail program does: the headers that name the mail, its Reply-To, and its text quoted below."""
    if reply_to := answered.get("Reply-To"):
        del mail["To"]
        mail["To"] = str(reply_to)
    mail["In-Reply-To"] = letter.message_id
    # A long header comes folded over several lines; a new one may hold none.
    mail["References"] = " ".join([*str(answered.get("References", "")).split(), letter.message_id])
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    return f"\n\nOn {letter.at:%d %b %Y at %H:%M}, {letter.sender} wrote:\n{quoted}\n"
