"""What was said in a conversation, and saying something: a reply to the customer, a note to colleagues."""

from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller, conversation_of
from inbox.api.bodies import Nothing, Strict, read
from inbox.api.conversations import Named
from inbox.api.refusals import RefusalShape
from inbox.api.repeats import HEADER, once
from inbox.desk import reply as replying
from inbox.desk.judge import Insisting
from inbox.desk.note import note as leave_note
from inbox.desk.undo_send import undo_send
from inbox.errors import in_words
from inbox.models import Delivery, DeliveryState, Direction, Message, OverrideReason, State

PAGE = 50
LARGEST_PAGE = 100
REFUSED = {400: RefusalShape, 403: RefusalShape, 404: RefusalShape, 409: RefusalShape, 422: RefusalShape}


class SenderShape(serializers.Serializer[Any]):
    """A customer as a channel knows him."""

    address = serializers.CharField(source="value")
    name = serializers.CharField()


class AttachmentShape(serializers.Serializer[Any]):
    """A file; its bytes are at /files/<uuid>/."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    inline = serializers.BooleanField()


class DeliveryShape(serializers.Serializer[Any]):
    """One sending of a message, or of a part of it."""

    id = serializers.IntegerField()
    part = serializers.IntegerField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    recipients = serializers.ListField(child=serializers.CharField())
    due_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    trouble = serializers.SerializerMethodField(help_text="Why it was not sent, in words; empty if nothing is wrong.")

    def get_trouble(self, delivery: Delivery) -> str:
        """In the caller's language."""
        return in_words(delivery.error)


class OverrideShape(serializers.Serializer[Any]):
    """A guideline in spite of which a message was sent."""

    guideline = serializers.IntegerField(source="version_id", help_text="The id of the version that stopped it.")
    override_reason = serializers.ChoiceField(choices=OverrideReason.choices, source="reason")
    override_words = serializers.CharField(source="words")


class MessageShape(serializers.Serializer[Any]):
    """One thing said. `sender` is set where a customer speaks, `author` where one of us does."""

    id = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    happened_at = serializers.DateTimeField()
    sender = SenderShape(allow_null=True)
    author = Named(allow_null=True)
    subject = serializers.CharField()
    text = serializers.CharField(help_text="All of it, as plain text.")
    reply_text = serializers.CharField(help_text="What is new in it: quotes and signature folded away.")
    automatic = serializers.CharField(help_text="Why nobody should be answered automatically; empty for a person.")
    verified = serializers.BooleanField(allow_null=True, help_text="Is the sender who he says he is; null: unknown.")
    attachments = AttachmentShape(many=True)
    deliveries = DeliveryShape(many=True)
    overrides = OverrideShape(many=True)


class MessagePage(serializers.Serializer[Any]):
    """A stretch of a conversation, oldest first; `after` is the cursor of the next one, null at the end."""

    results = MessageShape(many=True)
    after = serializers.IntegerField(allow_null=True)


class MessageQuery(Strict):
    """Which stretch."""

    after = serializers.IntegerField(min_value=0, max_value=2**63 - 1, default=0, help_text="The last id you have.")
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE)


class ReplyBody(Strict):
    """An answer to the customer. It leaves through the channel he chose; there is nothing here to choose another."""

    text = serializers.CharField(max_length=replying.LONGEST, trim_whitespace=False)
    seen_up_to = serializers.IntegerField(
        min_value=0, max_value=2**63 - 1, help_text="The newest message you know; if more was said since: 409."
    )
    seen_brought = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        required=False,
        help_text="The conversation's last_brought as you know it; if a merge brought more since: 409.",
    )
    cc = serializers.ListField(child=serializers.EmailField(), default=list, max_length=100)
    attachments = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=100)
    then = serializers.ChoiceField(choices=State.choices, default=State.PENDING, help_text="What follows.")
    parts_seen = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        default=1,
        help_text="In how many messages you know that it goes out, as the refusal parts_not_seen says.",
    )
    guidelines_seen = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=100,
        help_text="Guidelines, by the ids of the refusal against_guidelines, in spite of which it is sent.",
    )
    override_reason = serializers.ChoiceField(choices=OverrideReason.choices, default="", allow_blank=True)
    override_words = serializers.CharField(max_length=500, default="", allow_blank=True)


class NoteBody(Strict):
    """A note that only colleagues can see; who is named in it (@ada) may read the conversation from then on."""

    text = serializers.CharField(max_length=replying.LONGEST, trim_whitespace=False)


class TakenBack(serializers.Serializer[Any]):
    """The text of a reply that was not sent."""

    text = serializers.CharField()


@extend_schema(
    operation_id="list_messages",
    parameters=[MessageQuery],
    responses={200: MessagePage, 400: RefusalShape, 404: RefusalShape},
)
@api_view(["GET"])
def messages(request: Request, number: int) -> Response:
    """What was said, oldest first, page by page. Replies that were taken back are left out."""
    query = read(MessageQuery, request.query_params)
    said = conversation_of(request, number).messages.filter(withdrawn_at=None, pk__gt=query["after"])
    rows = said.select_related("sender", "author").prefetch_related(
        "attachments", "overrides", Prefetch("deliveries", Delivery.objects.order_by("part"))
    )
    found = list(rows.order_by("pk")[: query["size"] + 1])
    here = found[: query["size"]]
    page = {"results": here, "after": here[-1].pk if len(found) > len(here) else None}
    return Response(MessagePage(page).data)


@extend_schema(
    operation_id="reply",
    parameters=[HEADER],
    request=ReplyBody,
    responses={201: MessageShape, **REFUSED},
)
@api_view(["POST"])
def reply(request: Request, number: int) -> Response:
    """Answer the customer. It can be undone for ten seconds; then it is sent."""
    conversation, body, now = conversation_of(request, number), read(ReplyBody, request.data), timezone.now()
    draft = _draft(body)

    def do() -> Response:
        seen = {"seen_up_to": body["seen_up_to"], "seen_brought": body.get("seen_brought")}
        said = replying.reply(conversation, draft, by=caller(request), now=now, **seen)
        return Response(MessageShape(said).data, status=201)

    return once(request, now, do)


def _draft(body: dict[str, Any]) -> replying.Draft:
    return replying.Draft(
        text=body["text"],
        cc=body["cc"],
        attachments=body["attachments"],
        then=State(body["then"]),
        parts_seen=body["parts_seen"],
        insisting=Insisting(
            seen=frozenset(body["guidelines_seen"]), reason=body["override_reason"], words=body["override_words"]
        ),
    )


@extend_schema(
    operation_id="note",
    parameters=[HEADER],
    request=NoteBody,
    responses={201: MessageShape, **REFUSED},
)
@api_view(["POST"])
def note(request: Request, number: int) -> Response:
    """Leave an internal note. There is no way in which one could be sent."""
    conversation, body, now = conversation_of(request, number), read(NoteBody, request.data), timezone.now()

    def do() -> Response:
        said = leave_note(conversation, body["text"], by=caller(request), now=now)
        return Response(MessageShape(said).data, status=201)

    return once(request, now, do)


@extend_schema(
    operation_id="undo_reply",
    request=Nothing,
    responses={200: TakenBack, 403: RefusalShape, 404: RefusalShape, 409: RefusalShape},
)
@api_view(["POST"])
def undo(request: Request, number: int, message: int) -> Response:
    """Take a reply back while it is held. Answers with its text; 409 if it has left."""
    read(Nothing, request.data)
    said: Message = get_object_or_404(conversation_of(request, number).messages, pk=message)
    return Response({"text": undo_send(said, by=caller(request), now=timezone.now())})
