"""Canned answers: what an agent may put into a reply. They are written on a page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller
from inbox.api.refusals import RefusalShape
from inbox.desk.answers import answers_of
from inbox.models import CannedAnswer


class AnswerShape(serializers.Serializer[Any]):
    """One answer, and what is done besides when it is sent. Without owner and team it is everybody's."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="Places in it are not filled in: that is done for a conversation.")
    owner = serializers.IntegerField(source="owner_id", allow_null=True)
    team = serializers.IntegerField(source="team_id", allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    then = serializers.CharField(help_text="The state that follows; empty: as the agent sends it.")
    to_agent = serializers.IntegerField(source="to_agent_id", allow_null=True)
    to_team = serializers.IntegerField(source="to_team_id", allow_null=True)
    reason = serializers.CharField(help_text="Why it is passed on; empty where it is not.")
    note = serializers.CharField(help_text="For the next one.")


@extend_schema(operation_id="list_answers", responses={200: AnswerShape(many=True), 403: RefusalShape})
@api_view(["GET"])
def answers(request: Request) -> Response:
    """His own, those of his teams, and everybody's, by name."""
    rows: list[CannedAnswer] = list(answers_of(caller(request)).order_by("name", "pk"))
    return Response(AnswerShape(rows, many=True).data)
