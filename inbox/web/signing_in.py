"""How people come in: nobody signs himself up, and links work once."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from inbox.desk import links, people
from inbox.errors import NotFound, Refusal
from inbox.models import Agent, Membership, OneTimeLink, Purpose, Role
from inbox.web.browsers import handle_of

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """An admin makes the accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth is not typed
    """E-mail and password, in the look of all other forms."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("E-mail")), ("password", _("Password"))):
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.widget.attrs["class"] = "input"
            field.widget.attrs.pop("placeholder", None)


def not_offered(request: HttpRequest, rest: str) -> HttpResponse:
    """Where allauth would let people sign up, or reset a password by a mail that we cannot send. Raise Http404."""
    raise Http404


class PasswordForm(forms.Form):
    """A password of one's own, twice."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "input"})
    )
    again = forms.CharField(
        label=_("The same again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "input"})
    )

    def __init__(self, *args: object, agent: Agent | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        self.agent = agent

    def clean(self) -> dict[str, str]:
        data: dict[str, str] = super().clean() or {}
        if data.get("password") != data.get("again"):
            raise ValidationError({"again": _("The two are not the same.")})
        if password := data.get("password"):
            try:
                validate_password(password, self.agent)
            except ValidationError as error:
                raise ValidationError({"password": error.messages}) from error
        return data


class FirstAdminForm(PasswordForm):
    """The first person here, who makes all others."""

    field_order = ("name", "email", "password", "again")
    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"class": "input"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"class": "input"}))


@sensitive_post_parameters()
def one_time_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What a link that works once leads to. Looking at it does not use it up: mail programs look, too."""
    try:
        link = links.look(secret, now=timezone.now())
    except NotFound:
        return render(request, "sign/link_ended.html", status=404)
    if link.purpose == Purpose.SIGN_IN:
        return _sign_in(request, link, secret)
    return _set_password(request, link, secret)


def _sign_in(request: HttpRequest, link: OneTimeLink, secret: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "sign/link.html", {"link": link})
    try:
        used = links.use(secret, now=timezone.now())
    except NotFound:
        return render(request, "sign/link_ended.html", status=404)
    login(request, _owner(used), backend=BACKEND)
    return redirect("inbox:home")


def _set_password(request: HttpRequest, link: OneTimeLink, secret: str) -> HttpResponse:
    form_class = FirstAdminForm if link.purpose == Purpose.FIRST_ADMIN else PasswordForm
    form = form_class(request.POST or None, agent=link.agent)
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign/password.html", {"form": form, "link": link})
    try:
        with transaction.atomic():  # a refusal leaves the link as it was
            used = links.use(secret, now=timezone.now())
            agent = used.agent or _first_admin(form.cleaned_data["name"], form.cleaned_data["email"])
    except NotFound:
        return render(request, "sign/link_ended.html", status=404)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return render(request, "sign/password.html", {"form": form, "link": link})
    agent.set_password(form.cleaned_data["password"])
    agent.save(update_fields=["password"])
    login(request, agent, backend=BACKEND)
    return redirect("inbox:home")


def change_password(request: HttpRequest, agent: Agent, password: str) -> None:
    """A new password; he stays signed in here and nowhere else."""
    agent.set_password(password)
    agent.save(update_fields=["password"])
    people.end_sessions(agent, but=handle_of(request))
    agent.refresh_from_db()
    update_session_auth_hash(request, agent)


def _owner(link: OneTimeLink) -> Agent:
    if link.agent is None:
        raise NotFound
    return link.agent


def _first_admin(name: str, email: str) -> Agent:
    agent = people.new_agent(name=name, email=email, by=None, now=timezone.now())
    Membership.objects.create(agent=agent, team=None, role=Role.ADMIN)
    return agent
