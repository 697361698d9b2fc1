"""What X charges for one unit, in millionths of a US dollar (docs.x.com, getting-started/pricing, August 2026).

Reads are paid for each thing returned and only once a day (UTC), writes for each request, events for each delivery.
A post with a link costs thirteen times one without.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.twitter.carriers import Kind, Thing, mapping

PRICES: Mapping[str, int] = MappingProxyType(
    {
        "post_read": 5_000,
        "owned_read": 1_000,  # mentions of the account that owns the app
        "user_read": 10_000,
        "dm_read": 10_000,
        "post_write": 15_000,
        "post_write_with_url": 200_000,
        "summoned_reply": 10_000,  # to who mentioned us
        "dm_write": 15_000,
    }
)


def price_of_event(thing: Thing) -> str:
    """The price of being told of it by a webhook: posts as if they were read, messages of others too; the rest is free.

    Whether X really charges for posts that it pushes is not documented; too much is shown rather than too little.
    """
    match thing.kind:
        case Kind.POST | Kind.POST_DELETED:
            return "post_read"
        case Kind.DM:
            older = mapping(thing.data.get("message_create"))
            sender = str(older.get("sender_id") or thing.data.get("sender_id") or "")
            return "" if sender == thing.account else "dm_read"
        case _:
            return ""
