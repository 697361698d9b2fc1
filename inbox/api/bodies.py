"""What callers send: read strictly, so that a name we do not know is a mistake he hears of, never a silent nothing."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from rest_framework import serializers


class Strict(serializers.Serializer[Any]):
    """A body or a query: unknown names are refused."""

    def to_internal_value(self, data: Any) -> Any:
        """Raise ValidationError for names that are not listed here."""
        if isinstance(data, Mapping):
            unknown = {str(name): [_("There is no field of this name.")] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class Nothing(Strict):
    """No body."""


S = TypeVar("S", bound=Strict)


def read(shape: type[S], data: Any) -> dict[str, Any]:
    """The values of a body or query. Raise ValidationError."""
    asked = shape(data=data)
    asked.is_valid(raise_exception=True)
    values: dict[str, Any] = asked.validated_data
    return values
