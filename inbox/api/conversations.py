"""Conversations: the lists an agent works from, and one of them."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox import lists
from inbox.api.access import caller, conversation_of
from inbox.api.bodies import Strict, read
from inbox.api.refusals import RefusalShape
from inbox.desk.ownership import responsible_for
from inbox.errors import Invalid
from inbox.models import Conversation, State
from inbox.permissions import visible_to

LARGEST_PAGE = 100
FILTERS = {"state": "state", "team": "team", "owner": "owner"}  # names a caller may filter by: the columns they are


class Named(serializers.Serializer[Any]):
    """A person or a team."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ChannelShape(serializers.Serializer[Any]):
    """The account it came through; a reply leaves through it, too."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="email, ...")
    name = serializers.CharField()


class CustomerShape(serializers.Serializer[Any]):
    """Who wrote to us."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    organisation = serializers.CharField()


class ConversationShape(serializers.Serializer[Any]):
    """One problem of one customer. Its number is its id here."""

    number = serializers.IntegerField()
    subject = serializers.CharField()
    preview = serializers.CharField()
    we_spoke_last = serializers.BooleanField()
    state = serializers.ChoiceField(choices=State.choices)
    channel = ChannelShape()
    customer = CustomerShape()
    address = serializers.CharField(source="address.value")
    team = Named()
    owner = Named(allow_null=True)
    level = serializers.IntegerField()
    climbs_at = serializers.DateTimeField(allow_null=True, help_text="When it climbs if nothing changes.")
    climbs_to = serializers.IntegerField(allow_null=True, help_text="The level it climbs to then.")
    promise_at = serializers.DateTimeField(allow_null=True, help_text="By when the customer was told he hears from us.")
    owes_update_at = serializers.DateTimeField(allow_null=True, help_text="From when on he has heard nothing for long.")
    priority = serializers.IntegerField()
    tags = serializers.ListField(child=serializers.CharField())
    opened_at = serializers.DateTimeField()
    last_activity_at = serializers.DateTimeField()
    last_incoming_at = serializers.DateTimeField(allow_null=True)
    last_message = serializers.IntegerField(help_text="The newest message's id: send it as seen_up_to with a reply.")
    last_brought = serializers.IntegerField(
        help_text="Changes when a merge brings older ones: send it as seen_brought."
    )
    solved_at = serializers.DateTimeField(allow_null=True)
    snoozed_until = serializers.DateTimeField(allow_null=True)


class WholeConversationShape(ConversationShape):
    """With what only one conversation tells."""

    responsible = Named(help_text="Its owner, or the duty lead of the team in whose queue it waits.")
    merged_into = serializers.IntegerField(source="merged_into.number", default=None, allow_null=True)
    former = serializers.IntegerField(source="former.number", default=None, allow_null=True)


class ConversationPage(serializers.Serializer[Any]):
    """A stretch of a list, newest activity first; `after` is the cursor of the next one, null at the end."""

    results = ConversationShape(many=True, source="rows")
    after = serializers.CharField(allow_null=True)


class ConversationQuery(Strict):
    """Which conversations."""

    view = serializers.ChoiceField(choices=lists.View.choices, required=False, help_text="One of the desk's lists.")
    state = serializers.ChoiceField(choices=State.choices, required=False)
    team = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    owner = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    after = serializers.CharField(required=False, help_text="The cursor of the page before.")
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=lists.PAGE)


@extend_schema(
    operation_id="list_conversations",
    parameters=[ConversationQuery],
    responses={200: ConversationPage, 400: RefusalShape},
)
@api_view(["GET"])
def conversations(request: Request) -> Response:
    """The conversations one may see, newest activity first, page by page."""
    query, agent = read(ConversationQuery, request.query_params), caller(request)
    after = query.get("after", "")
    if after and lists.position(after) is None:
        raise Invalid(gettext_noop("This cursor is not one of ours."))
    rows = lists.conversations(agent, lists.View(query["view"])) if "view" in query else visible_to(agent)
    rows = rows.filter(**{column: query[name] for name, column in FILTERS.items() if name in query})
    page = lists.page_of(rows.select_related("team"), agent, after, query["size"])
    return Response(ConversationPage(page).data)


@extend_schema(operation_id="read_conversation", responses={200: WholeConversationShape, 404: RefusalShape})
@api_view(["GET"])
def conversation(request: Request, number: int) -> Response:
    """One conversation."""
    return Response(shown(conversation_of(request, number)))


def shown(found: Conversation) -> dict[str, Any]:
    """A conversation as it is answered."""
    responsible = responsible_for(found, found.solved_at or timezone.now())
    found.responsible = responsible  # type: ignore[attr-defined]  # for the shape alone
    data: dict[str, Any] = WholeConversationShape(found).data
    return data
