"""The rows that are the truth. One file per part of the glossary."""

from inbox.models.activity import Activity
from inbox.models.channels import Brand, Channel, ChannelState, ProviderApp
from inbox.models.conversations import (
    Cause,
    Conversation,
    Copy,
    Hint,
    Interval,
    Mention,
    Participant,
    Reading,
    State,
    Suggestion,
    Topic,
)
from inbox.models.customers import Address, Customer, Plan
from inbox.models.mail import Envelope, Item, Outcome
from inbox.models.messages import (
    Attachment,
    Delivery,
    DeliveryState,
    Direction,
    Message,
    Phase,
    ProviderId,
    RecipientResult,
)
from inbox.models.people import Agent, Density, LeadTerm, Level, Membership, Role, Status, Team, Theme
from inbox.models.running import ApiToken, IdempotencyKey, Installation, OneTimeLink, Purpose, Slot

__all__ = [
    "Activity",
    "Address",
    "Agent",
    "ApiToken",
    "Attachment",
    "Brand",
    "Cause",
    "Channel",
    "ChannelState",
    "Conversation",
    "Copy",
    "Customer",
    "Delivery",
    "DeliveryState",
    "Density",
    "Direction",
    "Envelope",
    "Hint",
    "IdempotencyKey",
    "Installation",
    "Interval",
    "Item",
    "LeadTerm",
    "Level",
    "Membership",
    "Mention",
    "Message",
    "OneTimeLink",
    "Outcome",
    "Participant",
    "Phase",
    "Plan",
    "ProviderApp",
    "ProviderId",
    "Purpose",
    "Reading",
    "RecipientResult",
    "Role",
    "Slot",
    "State",
    "Status",
    "Suggestion",
    "Team",
    "Theme",
    "Topic",
]
