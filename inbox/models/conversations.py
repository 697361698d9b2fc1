"""Conversations: one problem of one customer on one channel, and who takes part in it."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inbox.models.channels import Channel
from inbox.models.customers import Address, Customer
from inbox.models.people import Agent, Team
from inbox.models.sequences import NextNumber
from inbox.models.topics import Topic


class Post(models.Model):
    """A public post of anybody, under which people talk to us. Shown above each conversation that hangs under it."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="posts", db_index=False)
    reference = models.CharField(max_length=300)
    author = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    link = models.URLField(max_length=1000, blank=True, default="")
    at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)  # when to ask the provider for it; None: we have it
    recheck_at = models.DateTimeField(null=True, blank=True)  # when to ask whether it is still there
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("channel", "reference", name="post_once")]
        indexes = [
            models.Index("look_at", name="post_to_look_at", condition=Q(look_at__isnull=False)),
            models.Index("recheck_at", name="post_to_recheck", condition=Q(recheck_at__isnull=False)),
        ]


class State(models.TextChoices):
    """Who owes whom."""

    OPEN = "open", _("open")  # it needs us
    PENDING = "pending", _("pending")  # it waits for the customer, or is snoozed until a time
    SOLVED = "solved", _("solved")  # done; a new message opens it again


PREVIEW_LENGTH = 200
NEVER = datetime.max.replace(tzinfo=UTC)  # where in a list stands what does not climb
# When it climbs. What has come to the top cannot: it must be solved, and has had to be since it was opened.
MUST_CLIMB = Coalesce(
    "climbs_at", Case(When(level__gt=1, state=State.OPEN.value, then="opened_at")), Value(NEVER, models.DateTimeField())
)


def preview_of(text: str) -> str:
    """What a list shows of what was said last: its beginning, on one line."""
    return " ".join(text.split())[:PREVIEW_LENGTH]


class Conversation(models.Model):
    """One problem. Its number never changes; its channel is the one the customer chose.

    `level`, `climbs_at`, `climbs_to`, `promise_at`, `window_until`, `owes_update_at` are computed elsewhere and stored
    here, so that a list row needs one query. `look_at` is when somebody has to be found for it, or something in it
    falls due: any change sets it (a trigger, migration 0003), and escalation alone moves it on. `reply_channel` is
    written by `receive` alone. `thread` is the provider's thread that answers go into, empty for mail; `thread_key` is
    what comes in unasked finds it by. `public`, which follows from `thread`, says that everybody can read it; it then
    hangs under a `post`. `last_brought` is the newest line of the log by which messages came here from another
    conversation, be they older than others here.
    """

    # Each change of a row writes its indexes anew: where one below begins with a field, it has none of its own.
    number = models.BigIntegerField(unique=True, db_default=NextNumber("conversation_number"), editable=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="conversations", db_index=False)
    reply_channel = models.ForeignKey(Channel, models.PROTECT, related_name="answered_here", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="conversations", db_index=False)
    address = models.ForeignKey(Address, models.PROTECT, related_name="conversations")
    thread_key = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001  # a part split off has none
    thread = models.CharField(max_length=500, blank=True, default="", db_default="")
    public = models.GeneratedField(
        expression=ExpressionWrapper(Q(thread__startswith="public:"), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="conversations", db_index=False)
    subject = models.CharField(max_length=998, blank=True, default="")
    preview = models.CharField(max_length=PREVIEW_LENGTH, blank=True, default="")
    we_spoke_last = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    team = models.ForeignKey(Team, models.PROTECT, related_name="conversations", db_index=False)
    owner = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="conversations", db_index=False
    )
    level = models.PositiveSmallIntegerField(default=1)
    cycle = models.PositiveSmallIntegerField(default=1)
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True)
    priority = models.SmallIntegerField(default=0)
    tags = ArrayField(models.CharField(max_length=50), default=list, db_default=[], blank=True)
    sorted_at = models.DateTimeField(null=True, blank=True)  # when the rules for what is new were asked
    former = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followers")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    opened_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    last_incoming_at = models.DateTimeField(null=True, blank=True)
    last_message = models.BigIntegerField(default=0)  # the newest message's id: what an agent has seen up to
    last_brought = models.BigIntegerField(default=0, db_default=0)
    solved_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    climbs_at = models.DateTimeField(null=True, blank=True)
    climbs_to = models.PositiveSmallIntegerField(null=True, blank=True)
    promise_at = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)
    owes_update_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "thread_key", "channel", name="conversation_thread_once", condition=~Q(state="solved")
            ),
            models.CheckConstraint(
                condition=Q(state="solved", solved_at__isnull=False) | (~Q(state="solved") & Q(solved_at=None)),
                name="conversation_solved_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(state="solved"), name="conversation_merged_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None) | Q(state="pending"), name="conversation_snoozed_is_pending"
            ),
        ]
        indexes = [
            models.Index("team", "state", F("last_activity_at").desc(), F("id").desc(), name="conversation_by_team"),
            models.Index("owner", "state", F("last_activity_at").desc(), F("id").desc(), name="conversation_by_owner"),
            models.Index("state", F("last_activity_at").desc(), F("id").desc(), name="conversation_by_state"),
            models.Index(
                "team",
                F("last_activity_at").desc(),
                F("id").desc(),
                name="conversation_queue",
                condition=Q(state="open", owner=None),
            ),
            models.Index("customer", F("last_activity_at").desc(), name="conversation_by_customer"),
            models.Index("snoozed_until", name="conversation_wakes", condition=Q(snoozed_until__isnull=False)),
            GinIndex("tags", name="conversation_tagged", condition=~Q(tags=[])),
            models.Index("look_at", name="conversation_to_look_at", condition=Q(look_at__isnull=False)),
            models.Index(
                "level", "opened_at", "id", name="conversation_climbed", condition=Q(level__gt=1) & ~Q(state="solved")
            ),
            models.Index(
                "thread_key",
                "channel",
                F("solved_at").desc(),
                name="conversation_former",
                condition=Q(state="solved") & ~Q(thread_key__startswith="mail:"),
            ),
            models.Index(MUST_CLIMB, "id", name="conversation_must_climb"),
            models.Index("post", name="conversation_by_post", condition=Q(post__isnull=False)),
        ]

    @property
    def label(self) -> str:
        """Its number as people write it."""
        return f"#{self.number}"

    @property
    def must_climb(self) -> datetime:
        """As MUST_CLIMB says it."""
        is_on_top = self.climbs_at is None and self.state == State.OPEN and self.level > 1
        return self.opened_at if is_on_top else self.climbs_at or NEVER

    @property
    def way(self) -> tuple[object, ...]:
        """How its answers go out: by mail, in public, in private, into one group. Where it differs, two are not one."""
        if not self.thread:
            return (self.channel.kind,)
        return self.channel_id, self.thread if self.thread.startswith("group:") else self.thread.partition(":")[0]

    @property
    def customer_name(self) -> str:
        """What its customer is called, or from where he wrote."""
        return self.customer.name or self.address.value

    def __str__(self) -> str:
        return f"{self.label} {self.subject or self.preview}"


class Participant(models.Model):
    """Somebody whose mail may join this conversation: who wrote first, and the CC an agent left ticked."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants", db_index=False)
    address = models.ForeignKey(Address, models.PROTECT, related_name="participations")

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "address", name="participant_once")]


class Mention(models.Model):
    """A colleague named in a note: he may see the conversation from then on."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="mentions")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="mentions")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("agent", "conversation", name="mention_once")]


class Reading(models.Model):
    """Up to which message a person has seen a conversation."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="readings")
    seen_up_to = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("agent", "conversation", name="reading_once")]


class Hint(models.TextChoices):
    """Why a conversation may belong to another one. Never proof: a person decides."""

    MENTIONS = "mentions", _("it mentions its number or token")
    SAME_THREAD = "same_thread", _("it answers a mail of that conversation, from a stranger's address")
    FORWARDED = "forwarded", _("a mail of that customer was forwarded")


class Suggestion(models.Model):
    """A conversation that may belong to another one."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="suggestions")
    other = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    hint = models.CharField(max_length=12, choices=Hint)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "other", name="suggestion_once")]


class Copy(models.Model):
    """Another channel of ours that got the same mail: its team may read the conversation too."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="copies")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "channel", name="copy_once")]
