"""Guidelines: what may never be said to a customer, and what is said better. Managers change them, on a page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller
from inbox.api.refusals import RefusalShape
from inbox.desk.judge import in_force
from inbox.models import GuidelineKind, GuidelineVersion
from inbox.permissions import Can, require


class GuidelineShape(serializers.Serializer[Any]):
    """The version of a guideline that is in use. Without channels or teams it holds in all of them."""

    id = serializers.IntegerField(help_text="Of this version: send it as guidelines_seen with a reply.")
    guideline = serializers.IntegerField(source="guideline_id")
    number = serializers.IntegerField(help_text="Which version of this guideline it is.")
    kind = serializers.ChoiceField(choices=GuidelineKind.choices)
    name = serializers.CharField(source="__str__")
    reason = serializers.CharField(source="why", help_text="In the language asked for.")
    better = serializers.CharField(help_text="For English words.")
    better_ru = serializers.CharField(help_text="For Russian words.")
    phrases = serializers.ListField(child=serializers.CharField())
    passes = serializers.ListField(child=serializers.CharField())
    channels = serializers.SerializerMethodField()
    teams = serializers.SerializerMethodField()

    def get_channels(self, version: GuidelineVersion) -> list[int]:
        """Their ids."""
        return [channel.pk for channel in version.channels.all()]

    def get_teams(self, version: GuidelineVersion) -> list[int]:
        """Their ids."""
        return [team.pk for team in version.teams.all()]


@extend_schema(operation_id="list_guidelines", responses={200: GuidelineShape(many=True), 403: RefusalShape})
@api_view(["GET"])
def guidelines(request: Request) -> Response:
    """All that are in use."""
    require(caller(request), Can.READ)
    return Response(GuidelineShape(in_force(), many=True).data)
