"""One's own tokens: keys for programs that act in one's name."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller
from inbox.api.bodies import Strict, read
from inbox.api.refusals import RefusalShape
from inbox.desk.tokens import delete_token, make_token
from inbox.errors import NotAllowed
from inbox.models import ApiToken


class TokenShape(serializers.Serializer[Any]):
    """A token, without its secret."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class MadeTokenShape(TokenShape):
    """A new token. The secret is shown this once and not kept."""

    secret = serializers.CharField()


class TokenBody(Strict):
    """What the token is for, and when it ends; without an end it works until it is deleted."""

    name = serializers.CharField(max_length=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


@extend_schema(methods=["GET"], operation_id="list_tokens", responses={200: TokenShape(many=True)})
@extend_schema(
    methods=["POST"],
    operation_id="make_token",
    request=TokenBody,
    responses={201: MadeTokenShape, 400: RefusalShape, 403: RefusalShape},
)
@api_view(["GET", "POST"])
def tokens(request: Request) -> Response:
    """The caller's tokens, or a new one. A token cannot make another: who finds one must not outlive it."""
    agent = caller(request)
    if request.method == "GET":
        return Response(TokenShape(ApiToken.objects.filter(agent=agent).order_by("pk"), many=True).data)
    if isinstance(request.auth, ApiToken):
        raise NotAllowed
    body = read(TokenBody, request.data)
    token, secret = make_token(body["name"], expires_at=body.get("expires_at"), by=agent, now=timezone.now())
    return Response({**TokenShape(token).data, "secret": secret}, status=201)


@extend_schema(operation_id="delete_token", request=None, responses={204: None, 404: RefusalShape})
@api_view(["DELETE"])
def token(request: Request, pk: int) -> Response:
    """End a token of one's own, at once."""
    agent = caller(request)
    delete_token(get_object_or_404(ApiToken, agent=agent, pk=pk), by=agent, now=timezone.now())
    return Response(status=204)
