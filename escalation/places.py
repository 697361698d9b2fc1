"""Where this room's pages stand in the rail, and for whom."""

from django.urls import reverse
from django.utils.translation import gettext as _

from inbox.models import Agent
from inbox.permissions import Can, allows
from inbox.web.frame import Place


def places_of(agent: Agent) -> list[Place]:
    """Where he hands over and sees who works when, and what he runs or watches here."""
    found = []
    if allows(agent, Can.READ) or allows(agent, Can.RUN_PEOPLE):
        found.append(Place("shifts", _("Shifts"), "calendar", reverse("escalation:calendar")))
    if allows(agent, Can.PASS_ON):
        found.append(Place("handover", _("Hand-over"), "shift", reverse("escalation:handover")))
    if allows(agent, Can.SEE_WORK):
        found.append(Place("board", _("Board"), "board", reverse("escalation:board")))
    if allows(agent, Can.READ):
        found.append(Place("must_be_solved", _("Must be solved"), "ladder", reverse("escalation:must_be_solved")))
    if allows(agent, Can.MAKE_RULES):
        found.append(Place("service", _("How we serve"), "settings", reverse("escalation:overview")))
    return found
