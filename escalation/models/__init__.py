"""Rows of the room of shifts, routing and the ladder. One file per part of the glossary."""

from escalation.models.acknowledgements import Acknowledgement
from escalation.models.handovers import Proposal
from escalation.models.policies import Climb, Clock, Policy, Step, Target
from escalation.models.promises import Promise
from escalation.models.rules import Rule
from escalation.models.shifts import Change, ChangeKind, Cover, Roster, Shift, TeamCalendar

__all__ = [
    "Acknowledgement",
    "Change",
    "ChangeKind",
    "Climb",
    "Clock",
    "Cover",
    "Policy",
    "Promise",
    "Proposal",
    "Roster",
    "Rule",
    "Shift",
    "Step",
    "Target",
    "TeamCalendar",
]
