"""The page of what holds for the whole company."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.desk.company import change_company, the_company
from inbox.permissions import Can, require
from inbox.web.requests import agent_of


class CompanyForm(forms.Form):
    """What an admin may decide about it."""

    company = forms.CharField(
        label=gettext_lazy("Name of the company"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"class": "input"}),
    )
    separate_mailboxes = forms.BooleanField(
        label=gettext_lazy("A mail to two of our mailboxes is two conversations"), required=False
    )


@login_required
def company(request: HttpRequest) -> HttpResponse:
    """Look at it or change it."""
    agent = agent_of(request)
    require(agent, Can.RUN_PEOPLE)
    now = timezone.now()
    ours = the_company(now)
    initial = {"company": ours.company, "separate_mailboxes": ours.separate_mailboxes}
    form = CompanyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_company(by=agent, now=now, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("inbox:people")
    return render(request, "people/form.html", {"form": form, "title": _("The company")})
