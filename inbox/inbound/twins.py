"""What came before under another key: moved by a human, listed again, or shown in several folders by the provider."""

from collections.abc import Mapping

from django.db import transaction

from inbox import hot
from inbox.inbound import receive
from inbox.inbound import statements as sql
from inbox.inbound.belonging import Source
from inbox.models import Item, Outcome

COPY_OF_TEST = {"test": "sent"}  # the reason of an item that is our own copy of a test (connectors.contract.Probe)


def came_before(source: Source, same_bytes: int | None, facts: Mapping[str, str]) -> bool:
    """Whether it is an item that we have had: then it has its outcome now. `same_bytes` is one that had its bytes.

    What waits in quarantine out of another folder, and turns up in the inbox, was moved there by somebody who knows
    better.
    """
    before = same_bytes or _by_id(source, facts)
    if before is None:
        return False
    with transaction.atomic():
        twin = Item.objects.select_for_update(of=("self",)).select_related("envelope").get(pk=before)
        if twin.reason == COPY_OF_TEST:
            return False  # that it was sent is no sign yet that it has come, also where both are one to the provider
        if twin.outcome == Outcome.QUARANTINE and facts.get("role") == "inbox" != twin.envelope.facts.get("role"):
            Item.objects.filter(pk=twin.pk).update(
                outcome=Outcome.DUPLICATE, reason={"item": source.item}, discarded_at=None, discarded_by=None
            )
            return False
        receive.finish(source, Outcome.DUPLICATE, item=twin.pk)
    return True


def _by_id(source: Source, facts: Mapping[str, str]) -> int | None:
    """The item that was the same thing by the provider's own word, where the provider gives one."""
    if not (lasting_id := facts.get("lasting_id")):
        return None
    wanted = {"lasting_id": lasting_id, "channel": source.channel.pk, "item": source.item}
    ((twin,),) = hot.fetch(sql.FIND_TWIN, wanted)
    return int(twin) if twin else None
