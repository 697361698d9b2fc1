"""The street on X: post, answer and write messages as anybody, and see what the company says there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.street.town import the_town
from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import Upload
from connectors.sandbox.x.things import Message, Post

COMPANY = "demo"
SHOWN = 40
INPUT = {"class": "input"}


@dataclass(frozen=True, slots=True)
class Line:
    """One post or message, as everybody there sees it."""

    id: str
    who: str
    text: str
    at: datetime
    from_us: bool
    pictures: list[str] = field(default_factory=list)
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread in public, or the messages with one person."""

    title: str
    lines: list[Line]


class PostForm(forms.Form):
    """What a customer does on X."""

    who = forms.CharField(label=gettext_lazy("Your user name"), max_length=15, widget=forms.TextInput(INPUT))
    where = forms.ChoiceField(
        label=gettext_lazy("Where"),
        choices=[("public", gettext_lazy("In public")), ("private", gettext_lazy("In a direct message"))],
        widget=forms.Select(INPUT),
    )
    text = forms.CharField(label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea({**INPUT, "rows": 4}))
    picture = forms.FileField(label=gettext_lazy("Picture"), required=False, widget=forms.ClearableFileInput(INPUT))
    answers = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)


@login_required
def posts(request: HttpRequest) -> HttpResponse:
    """Do something on X, and see what is there."""
    town = the_town()
    if town is None:
        raise Http404
    answered = request.GET.get("answers", "")
    first = {"who": "carla", "text": "" if answered else f"@{COMPANY} ", "answers": answered}
    form = PostForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            _do(town.x, form)
        except (LookupError, PermissionError, ValueError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Said. The company hears of it in a moment."))
            return redirect(reverse("street_x"))
    if request.method == "POST" and (gone := request.POST.get("delete")):
        town.x.delete(gone)
        return redirect(reverse("street_x"))
    context = {"form": form, "public": _public(town.x), "private": _private(town.x), "street": "x"}
    return render(request, "street/posts.html", context)


def _do(x: XServer, form: PostForm) -> None:
    said = form.cleaned_data
    picture = said["picture"]
    media = [Upload(mime=picture.content_type, raw=picture.read())] if picture else []
    if said["where"] == "private":
        x.direct_message(said["who"], COMPANY, said["text"], media)
    else:
        x.post(said["who"], said["text"], said["answers"], media)


def _public(x: XServer) -> list[Talk]:
    """Every thread in which the company is called or speaks, the latest first."""
    names = {account.id: account.username for account in x.accounts()}
    roots: dict[str, None] = {}
    for account in x.accounts():
        for post in x.timeline(account.username):
            if account.username == COMPANY or f"@{COMPANY}" in post.text.lower():
                roots.setdefault(post.root)
    threads = [x.thread(root) for root in sorted(roots, key=int, reverse=True)[:SHOWN]]
    return [
        Talk(f"@{names[thread[0].author]}", [_post(post, names) for post in thread]) for thread in threads if thread
    ]


def _post(post: Post, names: dict[str, str]) -> Line:
    who = names[post.author]
    return Line(post.id, f"@{who}", post.text, _when(post.at), who == COMPANY, list(post.media), post.parent)


def _private(x: XServer) -> list[Talk]:
    """The messages between the company and each person."""
    names = {account.id: account.username for account in x.accounts()}
    talks = []
    for username in names.values():
        said = [] if username == COMPANY else x.messages(COMPANY, username)
        if said:
            talks.append(Talk(f"@{username}", [_message(message, names) for message in said]))
    return sorted(talks, key=lambda talk: talk.lines[-1].at, reverse=True)[:SHOWN]


def _message(message: Message, names: dict[str, str]) -> Line:
    who = names[message.sender]
    media = [message.media] if message.media else []
    return Line(message.id, f"@{who}", message.text, _when(message.at), who == COMPANY, media)


def _when(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
