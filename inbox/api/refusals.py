"""A refusal as an answer: its status, a word for programs, a sentence for people."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from inbox.desk.judge import AgainstGuidelines
from inbox.errors import NotAllowed, NotFound, PartsNotSeen, Refusal, SomethingNew
from inbox.models import GuidelineKind


class ObjectionShape(serializers.Serializer[Any]):
    """A guideline that is against a text."""

    id = serializers.IntegerField(source="version.pk", help_text="Send it as guidelines_seen to answer for it.")
    kind = serializers.ChoiceField(
        source="version.kind",
        choices=GuidelineKind.choices,
        help_text="block: only with override_reason and override_words. warn: only once more, with guidelines_seen.",
    )
    name = serializers.CharField(source="version.__str__")
    words = serializers.CharField(help_text="What it found, as it stands in the text.")
    reason = serializers.CharField(source="version.why")
    better = serializers.CharField(help_text="A better wording; empty if there is none.")
    in_signature = serializers.BooleanField(help_text="It stands in the brand's signature, not in the text.")


class RefusalShape(serializers.Serializer[Any]):
    """Why it was not done."""

    code = serializers.CharField(help_text="A word for programs, such as already_done or something_new.")
    detail = serializers.CharField(help_text="A sentence for people, in the language asked for.")
    fields_ = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="With 400: what is wrong with which field.",
    )
    messages = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="With something_new: the ids of the messages that came since.",
    )
    parts = serializers.IntegerField(
        required=False, help_text="With parts_not_seen: in how many messages it goes out. Send it as parts_seen."
    )
    guidelines = ObjectionShape(many=True, required=False, help_text="With against_guidelines: what stands in the way.")

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name that serializers need for themselves."""
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as {code, detail}: ours, and those of the framework."""
    match error:
        case Refusal():
            return _refused(error)
        case Http404():
            return _refused(NotFound())
        case PermissionDenied():
            return _refused(NotAllowed())
        case exceptions.ValidationError():
            return Response(_wrong_fields(error), status=error.status_code)
    answer = exception_handler(error, context)
    if answer is not None and isinstance(error, exceptions.APIException):
        answer.data = {"code": error.get_codes(), "detail": str(error.detail)}
    return answer


def _refused(refusal: Refusal) -> Response:
    body: dict[str, Any] = {"code": refusal.code, "detail": str(refusal)}
    if isinstance(refusal, SomethingNew):
        body["messages"] = refusal.messages
    if isinstance(refusal, PartsNotSeen):
        body["parts"] = refusal.facts["parts"]
    if isinstance(refusal, AgainstGuidelines):
        body["guidelines"] = ObjectionShape(refusal.objections, many=True).data
    return Response(body, status=refusal.status)


def _wrong_fields(error: exceptions.ValidationError) -> dict[str, Any]:
    detail = error.detail
    fields = detail if isinstance(detail, dict) else {"": detail}
    sentences = " ".join(f"{name}: {_first(wrong)}".removeprefix(": ") for name, wrong in fields.items())
    return {"code": "invalid", "detail": sentences, "fields": fields}


def _first(wrong: Any) -> str:
    """The first sentence, however deep in a list it lies."""
    while isinstance(wrong, list | dict) and wrong:
        wrong = next(iter(wrong.values())) if isinstance(wrong, dict) else wrong[0]
    return str(wrong)
