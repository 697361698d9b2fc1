"""Where the reports stand in the rail, and for whom."""

from django.urls import reverse
from django.utils.translation import gettext as _

from inbox.models import Agent
from inbox.permissions import Can, allows
from inbox.web.frame import Place


def places_of(agent: Agent) -> list[Place]:
    """What he may read."""
    return [Place("month", _("Month"), "chart", reverse("reports:month"))] if allows(agent, Can.SEE_WORK) else []
