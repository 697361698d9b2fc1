"""Which state of a delivery may follow which. Every change is a conditional UPDATE whose row count decides."""

from typing import Any

from django.db.models import Q

from inbox.models import Delivery, DeliveryState

S = DeliveryState
ALLOWED: dict[str, frozenset[str]] = {
    S.HELD: frozenset({S.QUEUED, S.SENDING, S.CANCELLED}),
    S.QUEUED: frozenset({S.SENDING, S.CANCELLED, S.FAILED, S.SENT}),
    # Once on the wire it never goes back to queued by itself: the provider may have it already.
    S.SENDING: frozenset({S.SENT, S.QUEUED, S.FAILED, S.UNKNOWN}),
    S.SENT: frozenset({S.DELIVERED, S.READ, S.FAILED}),
    S.DELIVERED: frozenset({S.READ, S.FAILED}),
    S.READ: frozenset(),
    S.FAILED: frozenset({S.QUEUED, S.CANCELLED, S.SENT}),
    S.UNKNOWN: frozenset({S.SENT, S.QUEUED, S.NEEDS_HUMAN, S.FAILED}),
    S.NEEDS_HUMAN: frozenset({S.SENT, S.QUEUED, S.CANCELLED, S.FAILED}),
    S.CANCELLED: frozenset(),
}

UNSENT = {S.HELD, S.QUEUED}
HANDED_OVER = {S.SENT, S.DELIVERED, S.READ}
CANNOT_GO = {S.FAILED, S.NEEDS_HUMAN, S.CANCELLED}  # of itself: the parts behind it stand still until a person decides

# Of which nobody knows whether it went out: we look, also while a person is asked because we could not for long. What
# no look can tell is due at no time.
LOOKED_FOR = Q(state=S.UNKNOWN) | Q(state=S.NEEDS_HUMAN, due_at__isnull=False)

# From the worst news to the best: a message of several parts shows the worst of them.
WORST_FIRST = [
    S.NEEDS_HUMAN, S.FAILED, S.UNKNOWN, S.HELD, S.QUEUED, S.SENDING, S.SENT, S.DELIVERED, S.READ, S.CANCELLED,
]  # fmt: skip

NO_LEASE: dict[str, Any] = {"token": None, "lease_until": None, "worker": None, "phase": ""}


def move(delivery_id: int, to: DeliveryState, *, only_from: set[DeliveryState] | None = None, **fields: Any) -> bool:
    """Move a delivery if it is in a state from which `to` is allowed. Return whether it moved."""
    sources = {state for state, targets in ALLOWED.items() if to in targets}
    if only_from is not None:
        sources &= only_from
    lease = {} if to == S.SENDING else NO_LEASE
    changed = Delivery.objects.filter(pk=delivery_id, state__in=sources).update(state=to, **lease, **fields)
    return changed == 1


def worst(states: list[str]) -> DeliveryState | None:
    """What to show for a message whose parts are in these states; None for one that is not sent at all."""
    return next((state for state in WORST_FIRST if state in states), None)
