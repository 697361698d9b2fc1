"""Brands: in whose name customers are answered, and what stands under every answer."""

from datetime import datetime

from django.db import transaction

from inbox.activity import record
from inbox.desk.judge import require_courteous_words
from inbox.models import Agent, Brand
from inbox.permissions import Can, require


def make_brand(name: str, *, signature: str, by: Agent, now: datetime) -> Brand:
    """Make a brand. Raise AgainstGuidelines if a guideline is against its signature."""
    return _written(Brand(), name, signature, by=by, now=now, verb="brand_made")


def change_brand(brand: Brand, *, name: str, signature: str, by: Agent, now: datetime) -> None:
    """Rename it, or write another signature; answers have it from now on. Raise AgainstGuidelines as `make_brand`."""
    _written(brand, name, signature, by=by, now=now, verb="brand_changed")


def _written(brand: Brand, name: str, signature: str, *, by: Agent, now: datetime, verb: str) -> Brand:
    require(by, Can.RUN_PEOPLE)
    require_courteous_words([signature])
    brand.name, brand.signature = name.strip(), signature
    with transaction.atomic():
        brand.save()
        record(verb, now=now, by=by, brand=brand.pk)
    return brand
