"""Where providers call us. The address holds a secret name; the body is believed by its signature alone."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from connectors.contract import Call
from connectors.errors import NotFromProvider
from inbox.inbound import hooks
from inbox.models import ProviderApp

log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """A provider's call: 200 once it is kept, 403 if the provider did not sign it, 413 if it is too long."""
    app = ProviderApp.objects.filter(kind=kind, token=token).first()
    if app is None:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > hooks.MOST_BYTES:
        return HttpResponse(status=413)
    call = Call(body=request.body, headers=_lowered(request), query=request.GET.dict())
    try:
        challenge = hooks.handshake(app, call)
        if challenge is not None:
            return HttpResponse(challenge, content_type=_type_of(challenge))
        hooks.take(app, call, timezone.now())
    except NotFromProvider as error:
        log.warning("a call to %s was refused: %s", kind, error)
        return HttpResponse(status=403)
    return HttpResponse(status=200)


def _lowered(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _type_of(challenge: str) -> str:
    return "application/json" if challenge.startswith("{") else "text/plain"
