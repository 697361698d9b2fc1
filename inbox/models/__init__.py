"""The rows that are the truth. One file per part of the glossary."""

from inbox.models.activity import Activity, Rearranged
from inbox.models.answers import CannedAnswer
from inbox.models.browsers import Browser, Ring
from inbox.models.bulk import Bulk, BulkRow, BulkState, BulkVerb
from inbox.models.channels import Bought, Brand, Channel, ChannelState, ProviderApp, Spending
from inbox.models.conversations import (
    Conversation,
    Copy,
    Hint,
    Mention,
    Participant,
    Post,
    Reading,
    State,
    Suggestion,
    preview_of,
)
from inbox.models.customers import Address, Customer, Given, GivenKind, Likeness, Plan, known_as
from inbox.models.drafts import Draft, Mode
from inbox.models.guidelines import (
    Guideline,
    GuidelineCount,
    GuidelineKind,
    GuidelineVersion,
    Override,
    OverrideReason,
)
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
from inbox.models.notices import MATTERS, Matter, Notice, NoticeKind
from inbox.models.ownership import Cause, Interval, Reason
from inbox.models.people import AfterSending, Agent, Density, LeadTerm, Level, Membership, Role, Status, Team, Theme
from inbox.models.running import ApiToken, Checked, IdempotencyKey, Installation, OneTimeLink, Purpose, Slot
from inbox.models.topics import Collected, Topic
from inbox.models.views import Fact, Order, SavedView

__all__ = [
    "MATTERS",
    "Activity",
    "Address",
    "AfterSending",
    "Agent",
    "ApiToken",
    "Attachment",
    "Bought",
    "Brand",
    "Browser",
    "Bulk",
    "BulkRow",
    "BulkState",
    "BulkVerb",
    "CannedAnswer",
    "Cause",
    "Channel",
    "ChannelState",
    "Checked",
    "Collected",
    "Conversation",
    "Copy",
    "Customer",
    "Delivery",
    "DeliveryState",
    "Density",
    "Direction",
    "Draft",
    "Envelope",
    "Fact",
    "Given",
    "GivenKind",
    "Guideline",
    "GuidelineCount",
    "GuidelineKind",
    "GuidelineVersion",
    "Hint",
    "IdempotencyKey",
    "Installation",
    "Interval",
    "Item",
    "LeadTerm",
    "Level",
    "Likeness",
    "Matter",
    "Membership",
    "Mention",
    "Message",
    "Mode",
    "Notice",
    "NoticeKind",
    "OneTimeLink",
    "Order",
    "Outcome",
    "Override",
    "OverrideReason",
    "Participant",
    "Phase",
    "Plan",
    "Post",
    "ProviderApp",
    "ProviderId",
    "Purpose",
    "Reading",
    "Rearranged",
    "Reason",
    "RecipientResult",
    "Ring",
    "Role",
    "SavedView",
    "Slot",
    "Spending",
    "State",
    "Status",
    "Suggestion",
    "Team",
    "Theme",
    "Topic",
    "known_as",
    "preview_of",
]
