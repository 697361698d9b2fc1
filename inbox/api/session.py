"""Who one is here. Signing in stays with the pages."""

from typing import Any

from django.contrib.auth import logout
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller
from inbox.api.conversations import Named
from inbox.api.refusals import RefusalShape
from inbox.errors import Invalid
from inbox.models import ApiToken, Membership, Role


class RoleShape(serializers.Serializer[Any]):
    """A role, and the team it counts in; null: everywhere."""

    role = serializers.ChoiceField(choices=Role.choices)
    team = Named(allow_null=True)


class SessionShape(serializers.Serializer[Any]):
    """The caller."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    timezone = serializers.CharField()
    roles = RoleShape(many=True)


@extend_schema(methods=["GET"], operation_id="who_am_i", responses={200: SessionShape})
@extend_schema(methods=["DELETE"], operation_id="sign_out", request=None, responses={204: None, 400: RefusalShape})
@api_view(["GET", "DELETE"])
def session(request: Request) -> Response:
    """Who calls, with his roles; or sign out of the browser's session."""
    agent = caller(request)
    if request.method == "DELETE":
        if isinstance(request.auth, ApiToken):
            raise Invalid(gettext_noop("A token has no session to end. Delete the token instead."))
        logout(request._request)
        return Response(status=204)
    roles = Membership.objects.filter(agent=agent).select_related("team").order_by("pk")
    who = {name: getattr(agent, name) for name in ("id", "name", "email", "language", "timezone")}
    return Response(SessionShape({**who, "roles": roles}).data)
