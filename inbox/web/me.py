"""One's own page: name, language, zone, look, what is shown next, and password."""

import json
from collections.abc import Mapping

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from inbox.errors import Invalid
from inbox.keys import KEYS, SIGNS, moved, read, shown
from inbox.models import Agent, Density, Theme
from inbox.web.browsers import browsers_of, handle_of
from inbox.web.notices import NoticesForm
from inbox.web.requests import agent_of
from inbox.web.signing_in import PasswordForm, change_password
from inbox.web.zones import ZoneField

INPUT = {"class": "input"}


class MeForm(forms.ModelForm[Agent]):
    """What he may decide about himself."""

    class Meta:
        model = Agent
        fields = ("name", "language", "timezone", "theme", "density", "after_sending")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        languages = [("", _("as the browser")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
        self.fields["timezone"] = ZoneField(label=_("Time zone"))
        self.fields["theme"].label, self.fields["density"].label = _("Light or dark"), _("Density")
        self.fields["after_sending"].label = _("After an answer is sent, show")
        for field in self.fields.values():
            field.widget.attrs.update(INPUT)


@login_required
@sensitive_post_parameters()
def me(request: HttpRequest) -> HttpResponse:
    """Look at it, change it, or set another password."""
    agent = agent_of(request)
    wants_password = "password" in request.POST
    form = MeForm(request.POST if request.method == "POST" and not wants_password else None, instance=agent)
    password = PasswordForm(request.POST if wants_password else None, agent=agent)
    if request.method == "POST" and not wants_password and form.is_valid():
        agent.save(update_fields=list(form.fields))  # what changed about him meanwhile, his shift, stays
        messages.success(request, _("Saved."))
        return redirect("inbox:me")
    if wants_password and password.is_valid():
        change_password(request, agent, password.cleaned_data["password"])
        messages.success(request, _("The new password counts from now on; you are signed out everywhere else."))
        return redirect("inbox:me")
    context = {**_forms(agent, request), "form": form, "password": password, **_keys(agent, agent.keys)}
    return render(request, "people/me.html", context)


@login_required
@require_http_methods(["PUT"])
def my_look(request: HttpRequest) -> HttpResponse:
    """Keep how his pages look. By PUT, because it is no sign of life (inbox/web/seen.py)."""
    agent = agent_of(request)
    for name, choices in (("theme", Theme), ("density", Density)):
        if request.GET.get(name) in choices.values:
            setattr(agent, name, request.GET[name])
    agent.save(update_fields=["theme", "density"])
    return HttpResponse(status=204)


@login_required
@require_POST
def my_keys(request: HttpRequest) -> HttpResponse:
    """Move keys, all of them back where they usually are, or switch them off.

    What cannot be is said, and what was typed stays.
    """
    agent, usual = agent_of(request), "usual" in request.POST
    wanted = {} if usual else {action: read(request.POST.get(action, "")) for action in KEYS}
    agent.single_keys = "single" in request.POST
    try:
        agent.keys = moved(wanted)
    except Invalid as refusal:
        context = {**_forms(agent, request), **_keys(agent, wanted), "wrong_keys": str(refusal)}
        return render(request, "people/me.html", context, status=refusal.status)
    agent.save(update_fields=["keys", "single_keys"])
    messages.success(request, _("Saved."))
    return redirect("inbox:me")


def _forms(agent: Agent, request: HttpRequest) -> dict[str, object]:
    """What can be changed, as it is now."""
    return {
        "form": MeForm(instance=agent),
        "password": PasswordForm(None, agent=agent),
        "told_of": NoticesForm(agent),
        "browsers": browsers_of(agent),
        "handle": handle_of(request),
    }


def _keys(agent: Agent, his: Mapping[str, str]) -> dict[str, object]:
    rows = [
        {"action": action, "label": label, "stroke": shown(his.get(action, usual))}
        for action, (usual, label) in KEYS.items()
    ]
    return {"single_keys": agent.single_keys, "own_keys": rows, "signs": json.dumps(SIGNS)}
