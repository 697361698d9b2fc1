"""What makes sure: everything that is due, whoever was to hint at it."""

from datetime import datetime

from escalation import looking, outlooks, rostering, routing

MOST_BATCHES = 2000


def run(now: datetime) -> int:
    """Do all that is due at `now`, in plans first. Return how many conversations were looked at."""
    rostering.run(now)
    outlooks.run(now)
    looked = _look_at_all(now)
    looked.queues |= set(routing.queues())
    _give(looked, now)
    return looked.count


def look(now: datetime) -> None:
    """Look at what is due in conversations alone, and give what waits because of that."""
    _give(_look_at_all(now), now)


def _look_at_all(now: datetime) -> looking.Looked:
    """Look at conversations batch by batch until nothing is due."""
    looked = looking.Looked()
    for _ in range(MOST_BATCHES):
        batch = looking.look_at_due(now)
        looked.add(batch)
        if batch.count < looking.BATCH and not batch.again:
            break
    return looked


def _give(looked: looking.Looked, now: datetime) -> None:
    """Not in the looks: who routes holds up everybody who routes until he has done."""
    routing.give_to_managers(looked.for_managers, now=now)
    routing.fill(looked.queues, now=now)
