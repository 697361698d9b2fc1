"""When a customer should hear from us next, though there is nothing new. Pure."""

from collections.abc import Sequence
from datetime import datetime

from escalation import clock
from escalation.clock import Entry
from escalation.policies import Climbing
from inbox.models import Conversation, State


def next_word_due(
    row: Conversation, climbing: Climbing | None, entries: Sequence[Entry], since: datetime | None
) -> datetime | None:
    """The first time within what his plan says, then as often as the policy says; None where nothing is due.

    `since` is when the clock began to run again: while he owed us an answer he waited for nothing.
    """
    if row.state != State.OPEN:
        return None
    answers = [entry.at for entry in clock.heard(entries) if entry.verb in clock.ANSWERS]
    plan = row.customer.plan
    after = [climbing.update_after] if climbing and climbing.update_after else []
    if not answers and plan and plan.answer_within:
        after.append(plan.answer_within)
    waits_since = max([*answers[-1:], since or row.opened_at])
    return waits_since + min(after) if after else None
