"""The rungs of the management ladder, and who stands on them."""

from inbox.models import Agent, Level, Status


def highest() -> int:
    """The number of the highest level; 1 where nobody has named any."""
    return Level.objects.order_by("-number").values_list("number", flat=True).first() or 1


def is_at_the_top(level: int) -> bool:
    """Whether nothing is above it. A ladder of one rung has no top: there is nobody to climb to."""
    return level > 1 and level >= highest()


def holds(agent: Agent | None, level: int) -> bool:
    """Whether he is the holder or the deputy of a level."""
    rung = Level.objects.filter(number=level).first()
    return agent is not None and rung is not None and agent.pk in (rung.holder_id, rung.deputy_id)


def stands_for(level: int) -> Agent | None:
    """Who gets what comes to a level: its holder, or its deputy if only he is on duty. None if there is no such level.

    Even off duty: a level is never without somebody.
    """
    rung = Level.objects.select_related("holder", "deputy").filter(number=level).first()
    if rung is None:
        return None
    people = [person for person in (rung.holder, rung.deputy) if person and person.is_active]
    return next((person for person in people if person.status == Status.ON_SHIFT), people[0] if people else None)
