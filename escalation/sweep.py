"""What makes sure: everything that is due, whoever was to hint at it."""

from datetime import datetime

from escalation import looking, outlooks, rostering, routing

MOST_BATCHES = 2000


def run(now: datetime) -> int:
    """Do all that is due at `now`, in plans first. Return how many conversations were looked at."""
    rostering.run(now)
    outlooks.run(now)
    looked, queues = look_at_all(now)
    routing.fill(queues | set(routing.queues()), now=now)
    return looked


def look_at_all(now: datetime) -> tuple[int, set[int]]:
    """Look at conversations batch by batch until nothing is due."""
    looked, queues = 0, set[int]()
    for _ in range(MOST_BATCHES):
        count, found = looking.look_at_due(now)
        looked += count
        queues |= found
        if count < looking.BATCH:
            break
    return looked, queues
