"""The street on Facebook: comment, write on the Page and in Messenger as anybody, and see the Page's answers."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.street.town import the_town
from connectors.sandbox.graph.server import GraphServer

SHOWN = 40
INPUT = {"class": "input"}
PLACES = [
    ("message", gettext_lazy("In Messenger")),
    ("comment", gettext_lazy("Under the post")),
    ("wall", gettext_lazy("On the wall of the Page")),
]


class WallForm(forms.Form):
    """What a customer does on Facebook."""

    who = forms.CharField(label=gettext_lazy("Your name"), max_length=60, widget=forms.TextInput(INPUT))
    where = forms.ChoiceField(label=gettext_lazy("Where"), choices=PLACES, widget=forms.Select(INPUT))
    text = forms.CharField(label=gettext_lazy("Text"), max_length=8000, widget=forms.Textarea({**INPUT, "rows": 4}))
    picture = forms.FileField(label=gettext_lazy("Picture"), required=False, widget=forms.ClearableFileInput(INPUT))
    post = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    parent = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


@login_required
def wall(request: HttpRequest) -> HttpResponse:
    """Do something on Facebook, and see what is there."""
    town = the_town()
    if town is None:
        raise Http404
    graph = town.graph
    first = {"who": "Carla", "post": request.GET.get("post", ""), "parent": request.GET.get("parent", "")}
    first["where"] = "comment" if first["post"] else "message"
    form = WallForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            _do(graph, form)
        except (LookupError, PermissionError, ValueError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Said. The company hears of it in a moment."))
            return redirect(reverse("street_facebook"))
    context = {"form": form, "posts": _posts(graph), "talks": _talks(graph), "street": "facebook"}
    return render(request, "street/wall.html", context)


def _do(graph: GraphServer, form: WallForm) -> None:
    said = form.cleaned_data
    picture = said["picture"]
    files = [(picture.name, picture.read())] if picture else []
    match said["where"]:
        case "message":
            graph.street.write(said["who"], said["text"], files)
        case "wall":
            graph.street.visitor_post(said["who"], said["text"], attachments=files)
        case _:
            post = said["post"] or _newest_post(graph)
            graph.street.comment(said["who"], post, said["text"], said["parent"], files)


def _newest_post(graph: GraphServer) -> str:
    """The post of the Page that one comments on who chose none; the first one is made for him."""
    there = graph.street.posts()
    return (
        str(there[-1]["id"]) if there else graph.street.page_post(_("Our new lamp is here. What do you think of it?"))
    )


def _posts(graph: GraphServer) -> list[dict[str, Any]]:
    newest = graph.street.posts()[-SHOWN:][::-1]
    return [
        {**post, "when": _when(post["at"]), "comments": [_dated(c) for c in graph.street.comments(post["id"])]}
        for post in newest
    ]


def _talks(graph: GraphServer) -> list[dict[str, Any]]:
    people = graph.street.talks()[:SHOWN]
    shown = [{"name": p["name"], "said": [_dated(s) for s in graph.street.messages(p["name"])]} for p in people]
    return [talk for talk in shown if talk["said"]]


def _dated(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "when": _when(said["at"])}


def _when(at: float) -> datetime:
    return datetime.fromtimestamp(at / 1000 if at > 1e11 else at, UTC)
