"""What answers say of promises: that there is one, or a new one. Read from their words: nobody fills in a form."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from escalation import estimates, promises
from escalation.clock import ANSWERS
from escalation.informing import each_written, zone_of
from escalation.models import Promise
from inbox import hot
from inbox.desk.expect import expect
from inbox.models import Activity, Agent, Conversation, Message, State

# A promise stands there, or a time in it is written as our own words write it: with its zone in brackets.
MAY_SAY_SOMETHING = """
SELECT EXISTS (SELECT FROM escalation_promise WHERE conversation_id = %s AND kept_at IS NULL AND broken_at IS NULL
    AND withdrawn_at IS NULL) OR EXISTS (SELECT FROM inbox_message WHERE id = %s AND text LIKE '%%(%%)%%')
"""


def answered(activity: Activity) -> None:
    """The customer was answered: keep what this says of promises. Call in the transaction of the answer.

    A time that stands there as our own words write it is promised with the answer by its author. Else, the first
    answer after a promise tells of it if it names its time of day, by the customer's clock or by its author's; what
    tells of a promise does not keep it.
    """
    message = activity.data["message"]
    if hot.fetch(MAY_SAY_SOMETHING, [activity.conversation_id, message]) == [(False,)]:
        return  # as most answers, it says nothing of one
    standing = promises.standing_of(activity.conversation_id or 0).first()
    said = Message.objects.select_related("conversation__customer", "author").get(pk=message)
    if said.conversation.state == State.SOLVED:
        return
    named = _named(said, activity.at)
    if named and said.author and (standing is None or standing.due_at != named):
        _promised_with_it(said.conversation, standing, named, by=said.author, now=activity.at)
    elif standing and standing.told_at is None and _is_first_after(standing, activity) and _tells_of(standing, said):
        standing.told_at = activity.at
        standing.save(update_fields=["told_at"])


def taken_back(activity: Activity) -> None:
    """An answer did not leave: it has told of nothing and promised nothing, and what it had kept stands again."""
    said = Message.objects.get(pk=activity.data["message"])
    told = Promise.objects.filter(conversation=said.conversation_id, told_at=said.happened_at)
    told.filter(made_at=said.happened_at, withdrawn_at=None).update(withdrawn_at=activity.at)
    told.filter(made_at__lt=said.happened_at).update(told_at=None)
    if not promises.standing_of(said.conversation_id).exists():
        Promise.objects.filter(conversation=said.conversation_id, kept_at=said.happened_at).update(kept_at=None)


def _promised_with_it(
    conversation: Conversation, former: Promise | None, due_at: datetime, *, by: Agent, now: datetime
) -> None:
    """The answer keeps the promise that stood, if it comes in time, and makes the next one."""
    if former and former.due_at >= now:
        Promise.objects.filter(pk=former.pk).update(kept_at=now)
    elif former:
        promises.break_it(conversation, former, now)
    expect(conversation, due_at, by=by, now=now)
    Promise.objects.create(conversation=conversation, due_at=due_at, made_at=now, told_at=now, made_by=by)


def _named(said: Message, now: datetime) -> datetime | None:
    """The time that stands in it as our words write it: a full hour, as far ahead as one is ever proposed."""
    if f"({zone_of(said.conversation)})" not in said.text:
        return None
    first, how_many = estimates.rounded_up(now + timedelta.resolution, estimates.HOUR), estimates.LONGEST
    hours = [first + number * estimates.HOUR for number in range(how_many // estimates.HOUR + 1)]
    written = zip(hours, each_written(said.conversation, hours), strict=True)
    # With a digit before it, "2 November" is the end of "12 November".
    return next((hour for hour, words in written if re.search(rf"(?<!\d){re.escape(words)}", said.text)), None)


def _is_first_after(promise: Promise, activity: Activity) -> bool:
    """Whether it is the first answer since it was made: a later one is what was promised, whatever it names."""
    since = Activity.objects.filter(conversation=activity.conversation_id, at__gt=promise.made_at)
    return not since.filter(verb__in=ANSWERS).exclude(pk=activity.pk).exists()


def _tells_of(promise: Promise, said: Message) -> bool:
    zones = {zone_of(said.conversation), *([said.author.timezone] if said.author else [])}
    times = {promise.due_at.astimezone(ZoneInfo(zone)) for zone in zones}
    return any(re.search(rf"(?<!\d)0?{at.hour}[:.]{at.minute:02}(?!\d)", said.text) for at in times)
