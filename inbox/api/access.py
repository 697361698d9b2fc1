"""Who calls: somebody with a token, or a browser that is signed in."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from inbox.desk.links import digest
from inbox.models import Agent, ApiToken, Conversation
from inbox.permissions import visible_to


def caller(request: Request) -> Agent:
    """Who calls. Raise NotAuthenticated for nobody."""
    if not isinstance(request.user, Agent):
        raise exceptions.NotAuthenticated
    return request.user


def conversation_of(request: Request, number: int) -> Conversation:
    """A conversation he may see. Raise Http404 for all others: that it exists is nobody's business either."""
    rows = visible_to(caller(request)).select_related("channel", "reply_channel__brand", "customer", "team")
    return get_object_or_404(rows.select_related("owner", "address", "merged_into", "former"), number=number)


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. A token may do what its owner may do, as long as he works here."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Agent, ApiToken] | None:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != self.keyword.lower() or not secret:
            return None
        token = ApiToken.objects.select_related("agent").filter(digest=digest(secret.strip())).first()
        now = timezone.now()
        if token is None or not token.agent.is_active or (token.expires_at and token.expires_at <= now):
            raise exceptions.AuthenticationFailed("This token is not known, or it has ended.")
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.agent, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, with its CSRF check; 401 rather than 403 for nobody."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular's own is untyped
    """How the schema describes tokens."""

    target_class = "inbox.api.access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class BrowserScheme(SessionScheme):  # type: ignore[no-untyped-call]  # as above
    """How the schema describes the session of the pages."""

    target_class = "inbox.api.access.SessionAuthentication"
    name = "session"
    priority = 1
