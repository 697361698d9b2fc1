import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import inbox.models.ranges
import inbox.models.sequences


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE conversation_number START 10001; CREATE SEQUENCE customer_number START 1001",
            "DROP SEQUENCE conversation_number; DROP SEQUENCE customer_number",
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("scope", models.CharField(blank=True, default="", max_length=100)),
                ("value", models.CharField(max_length=320)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("permanent_failures", models.PositiveSmallIntegerField(default=0)),
                ("blocked_at", models.DateTimeField(blank=True, null=True)),
                ("blocked_reason", models.CharField(blank=True, default="", max_length=300)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("value"), models.F("kind"), models.F("scope"), name="address_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Brand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("host", models.CharField(blank=True, default="", max_length=200)),
                ("colour", models.CharField(blank=True, default="", max_length=7)),
                ("signature", models.TextField(blank=True, default="", verbose_name="signature")),
            ],
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("weight", models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="ProviderApp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("token", models.CharField(max_length=64, unique=True)),
                ("sealed", models.BinaryField(default=b"")),
                ("strangers", models.PositiveIntegerField(default=0)),
                ("last_call_at", models.DateTimeField(blank=True, null=True)),
                ("refused_calls", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("language", models.CharField(blank=True, default="", max_length=8, verbose_name="language")),
                ("timezone", models.CharField(default="UTC", max_length=64, verbose_name="time zone")),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[("", "as the system"), ("light", "light"), ("dark", "dark")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        blank=True, choices=[("", "comfortable"), ("compact", "compact")], default="", max_length=8
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("on_shift", "on shift"), ("away", "away for a moment"), ("off", "off")],
                        default="off",
                        max_length=8,
                    ),
                ),
                ("on_shift_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("switched_off_at", models.DateTimeField(blank=True, null=True)),
                ("session_salt", models.UUIDField(default=uuid.uuid4, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="agent_email_is_lowercase",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_active", True), ("switched_off_at", None)),
                            models.Q(("is_active", False), ("switched_off_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="agent_switched_off_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("address", models.CharField(max_length=320)),
                ("account", models.CharField(max_length=320)),
                ("sealed", models.BinaryField(default=b"")),
                ("cursor", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("working", "works"),
                            ("paused", "paused"),
                            ("refused", "refused: an admin must connect it again"),
                        ],
                        default="working",
                        max_length=8,
                    ),
                ),
                ("poll_at", models.DateTimeField(blank=True, null=True)),
                ("renew_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("broken_until", models.DateTimeField(blank=True, null=True)),
                ("last_poll_at", models.DateTimeField(blank=True, null=True)),
                ("last_in_at", models.DateTimeField(blank=True, null=True)),
                ("last_out_at", models.DateTimeField(blank=True, null=True)),
                ("backlog", models.PositiveIntegerField(default=0)),
                ("last_error", models.JSONField(blank=True, null=True)),
                ("last_error_at", models.DateTimeField(blank=True, null=True)),
                ("left", models.JSONField(default=dict)),
                ("report", models.JSONField(blank=True, null=True)),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
                ("monthly_cap", models.PositiveBigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="inbox.brand",
                        verbose_name="brand",
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="inbox.providerapp",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("poll_at"), condition=models.Q(("state", "working")), name="channel_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("kind"), models.F("account"), name="channel_account_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=inbox.models.sequences.NextNumber("customer_number"), editable=False, unique=True
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=200, verbose_name="name")),
                ("organisation", models.CharField(blank=True, default="", max_length=200, verbose_name="organisation")),
                ("language", models.CharField(blank=True, default="", max_length=8)),
                ("timezone", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="inbox.customer",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="inbox.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="customer_not_merged_into_himself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=inbox.models.sequences.NextNumber("conversation_number"), editable=False, unique=True
                    ),
                ),
                ("thread_key", models.CharField(blank=True, max_length=500, null=True)),
                ("public", models.BooleanField(db_default=False, default=False)),
                ("subject", models.CharField(blank=True, default="", max_length=998)),
                ("preview", models.CharField(blank=True, default="", max_length=200)),
                ("we_spoke_last", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("pending", "pending"), ("solved", "solved")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                ("priority", models.SmallIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("last_activity_at", models.DateTimeField()),
                ("last_incoming_at", models.DateTimeField(blank=True, null=True)),
                ("last_message", models.BigIntegerField(default=0)),
                ("solved_at", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("climbs_at", models.DateTimeField(blank=True, null=True)),
                ("promise_at", models.DateTimeField(blank=True, null=True)),
                ("window_until", models.DateTimeField(blank=True, null=True)),
                ("owes_update_at", models.DateTimeField(blank=True, null=True)),
                (
                    "address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversations", to="inbox.address"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversations", to="inbox.channel"
                    ),
                ),
                (
                    "former",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="followers",
                        to="inbox.conversation",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="inbox.conversation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reply_channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answered_here", to="inbox.channel"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversations", to="inbox.customer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("owner"),
                        models.F("state"),
                        models.OrderBy(models.F("last_activity_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="conversation_by_owner",
                    ),
                    models.Index(
                        models.F("state"),
                        models.OrderBy(models.F("last_activity_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="conversation_by_state",
                    ),
                    models.Index(
                        models.F("customer"),
                        models.OrderBy(models.F("last_activity_at"), descending=True),
                        name="conversation_by_customer",
                    ),
                    models.Index(
                        models.F("snoozed_until"),
                        condition=models.Q(("snoozed_until__isnull", False)),
                        name="conversation_wakes",
                    ),
                    models.Index(
                        models.F("thread_key"),
                        models.F("channel"),
                        models.OrderBy(models.F("solved_at"), descending=True),
                        condition=models.Q(
                            ("state", "solved"), models.Q(("thread_key__startswith", "mail:"), _negated=True)
                        ),
                        name="conversation_former",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("thread_key"),
                        models.F("channel"),
                        condition=models.Q(("state", "solved"), _negated=True),
                        name="conversation_thread_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("solved_at__isnull", False), ("state", "solved")),
                            models.Q(models.Q(("state", "solved"), _negated=True), ("solved_at", None)),
                            _connector="OR",
                        ),
                        name="conversation_solved_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", None), ("state", "solved"), _connector="OR"),
                        name="conversation_merged_is_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("snoozed_until", None), ("state", "pending"), _connector="OR"),
                        name="conversation_snoozed_is_pending",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="address",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="addresses", to="inbox.customer"
            ),
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("facts", models.JSONField(default=dict)),
                ("received_at", models.DateTimeField()),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="inbox.channel"
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="inbox.providerapp"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("sha256"), models.F("channel"), name="envelope_by_bytes"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__isnull", False), ("app__isnull", False), _connector="OR"),
                        name="envelope_came_from_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Given",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("email", "e-mail address"), ("phone", "phone number")], max_length=5),
                ),
                ("value", models.CharField(max_length=320)),
                ("at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="given", to="inbox.customer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("value"), models.F("kind"), models.F("customer"), name="given_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("answer", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("agent"), models.F("key"), name="idempotencykey_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("company", models.CharField(blank=True, default="", max_length=150, verbose_name="company")),
                ("separate_mailboxes", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="installation_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_key", models.CharField(max_length=500)),
                ("part", models.CharField(blank=True, default="", max_length=200)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("message", "message"),
                            ("quarantine", "quarantine"),
                            ("bounce", "bounce"),
                            ("automatic", "automatic"),
                            ("receipt", "receipt or change"),
                            ("duplicate", "duplicate"),
                            ("unreadable", "unreadable"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="inbox.channel"
                    ),
                ),
                (
                    "discarded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "envelope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="inbox.envelope"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("channel"),
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(("outcome", "waiting")),
                        name="item_waiting",
                    ),
                    models.Index(
                        models.F("outcome"),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("discarded_at", None), ("outcome__in", ["quarantine", "unreadable"])),
                        name="item_held_back",
                    ),
                    models.Index(models.F("received_at"), models.F("channel"), models.F("outcome"), name="item_ledger"),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("source_key"), models.F("channel"), name="item_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "waiting"), ("opened_at", None)),
                            models.Q(models.Q(("outcome", "waiting"), _negated=True), ("opened_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="item_with_an_outcome_was_opened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discarded_at", None), ("outcome__in", ["quarantine", "unreadable"]), _connector="OR"
                        ),
                        name="item_discarded_was_held_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(unique=True, verbose_name="number")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputises",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="deputy",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="holder",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="level_counts_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deputy", None), models.Q(("deputy", models.F("holder")), _negated=True), _connector="OR"
                        ),
                        name="level_deputy_is_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("email", "e-mail address"), ("phone", "phone number")], max_length=5),
                ),
                ("value", models.CharField(max_length=320)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="likenesses", to="inbox.customer"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inbox.customer"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("customer"), models.F("other"), name="likeness_once"),
                    models.CheckConstraint(
                        condition=models.Q(("customer__lt", models.F("other"))), name="likeness_in_one_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="inbox.conversation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("agent"), models.F("conversation"), name="mention_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("incoming", "from the customer"),
                            ("outgoing", "to the customer"),
                            ("note", "internal note"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("subject", models.CharField(blank=True, default="", max_length=998)),
                ("text", models.TextField(blank=True, default="")),
                ("reply_text", models.TextField(blank=True, default="")),
                ("quoted_text", models.TextField(blank=True, default="")),
                ("html", models.TextField(blank=True, default="")),
                ("remote_images", models.PositiveIntegerField(default=0)),
                ("automatic", models.CharField(blank=True, default="", max_length=100)),
                ("verified", models.BooleanField(blank=True, null=True)),
                ("language", models.CharField(blank=True, default="", max_length=8)),
                ("details", models.JSONField(default=dict)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("happened_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("recheck_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="inbox.conversation"
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message",
                        to="inbox.item",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="inbox.address",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("conversation"), models.F("id"), name="message_by_conversation"),
                    models.Index(
                        models.F("recheck_at"),
                        condition=models.Q(("recheck_at__isnull", False)),
                        name="message_to_recheck",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "note"), _negated=True), ("author__isnull", False), _connector="OR"
                        ),
                        name="message_note_has_an_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "incoming"), _negated=True),
                            ("sender__isnull", False),
                            _connector="OR",
                        ),
                        name="message_incoming_has_a_sender",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveSmallIntegerField(default=0)),
                ("recipients", models.JSONField(default=list)),
                ("payload", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "can still be undone"),
                            ("queued", "queued"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("read", "read"),
                            ("failed", "failed"),
                            ("unknown", "unknown"),
                            ("needs_human", "needs a person"),
                            ("cancelled", "cancelled"),
                        ],
                        default="held",
                        max_length=11,
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True, choices=[("prep", "preparing"), ("wire", "on the wire")], default="", max_length=4
                    ),
                ),
                ("token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("worker", models.BigIntegerField(blank=True, null=True)),
                ("provider_id", models.CharField(blank=True, default="", max_length=998)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("queued_at", models.DateTimeField()),
                ("first_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.JSONField(blank=True, null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="inbox.channel"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="inbox.conversation"
                    ),
                ),
                (
                    "sent_by_hand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="inbox.message"
                    ),
                ),
            ],
            options={
                "ordering": ["part"],
                "indexes": [
                    models.Index(
                        models.F("due_at"),
                        condition=models.Q(("state__in", ["held", "queued", "unknown"])),
                        name="delivery_due",
                    ),
                    models.Index(
                        models.F("lease_until"), condition=models.Q(("state", "sending")), name="delivery_leased"
                    ),
                    models.Index(
                        models.F("conversation"),
                        models.F("id"),
                        condition=models.Q(("state__in", ["queued", "sending", "unknown"])),
                        name="delivery_under_way",
                    ),
                    models.Index(
                        models.F("channel"), condition=models.Q(("state", "needs_human")), name="delivery_needs_human"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("message"), models.F("part"), name="delivery_part_once"),
                    models.UniqueConstraint(
                        models.F("conversation"),
                        condition=models.Q(("state", "sending")),
                        name="delivery_one_in_flight",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["sent", "delivered", "read"]), _negated=True),
                            models.Q(models.Q(("provider_id", ""), _negated=True), ("accepted_at__isnull", False)),
                            ("sent_by_hand__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_sent_has_a_proof",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lease_until__isnull", False),
                                ("state", "sending"),
                                ("token__isnull", False),
                                ("worker__isnull", False),
                                models.Q(("phase", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "sending"), _negated=True),
                                ("lease_until", None),
                                ("phase", ""),
                                ("token", None),
                                ("worker", None),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_lease_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["held", "queued", "unknown"]), _negated=True),
                            ("due_at__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_waiting_is_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("media_type", models.CharField(max_length=150)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("remote", models.TextField(blank=True, default="")),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("missing", models.CharField(blank=True, default="", max_length=300)),
                ("inline", models.BooleanField(default=False)),
                ("content_id", models.CharField(blank=True, default="", max_length=998)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="inbox.message",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "indexes": [
                    models.Index(
                        models.F("due_at"), condition=models.Q(("due_at__isnull", False)), name="attachment_to_fetch"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("message__isnull", False), ("uploaded_by__isnull", False), _connector="OR"),
                        name="attachment_belongs_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sha256", ""), _negated=True),
                            ("due_at__isnull", False),
                            models.Q(("missing", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="attachment_is_here_or_coming_or_missing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OneTimeLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("sign_in", "sign in"),
                            ("invite", "invitation"),
                            ("first_admin", "make the first admin"),
                        ],
                        max_length=12,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent", None), ("purpose", "first_admin")),
                            models.Q(models.Q(("purpose", "first_admin"), _negated=True), ("agent__isnull", False)),
                            _connector="OR",
                        ),
                        name="onetimelink_is_for_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="participations", to="inbox.address"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="inbox.conversation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("conversation"), models.F("address"), name="participant_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=300)),
                ("author", models.CharField(blank=True, default="", max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("link", models.URLField(blank=True, default="", max_length=1000)),
                ("at", models.DateTimeField(blank=True, null=True)),
                ("look_at", models.DateTimeField(blank=True, null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="inbox.channel"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("look_at"), condition=models.Q(("look_at__isnull", False)), name="post_to_look_at"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("channel"), models.F("reference"), name="post_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="conversation",
            name="post",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="conversations",
                to="inbox.post",
            ),
        ),
        migrations.CreateModel(
            name="ProviderId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=1100)),
                ("reference", models.CharField(max_length=998)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inbox.channel"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider_ids",
                        to="inbox.delivery",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider_ids",
                        to="inbox.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("reference"), name="providerid_by_reference"),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("value"), models.F("channel"), name="providerid_once"),
                    models.CheckConstraint(
                        condition=models.Q(("message__isnull", False), ("delivery__isnull", False), _connector="OR"),
                        name="providerid_names_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_up_to", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="inbox.conversation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("agent"), models.F("conversation"), name="reading_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecipientResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(max_length=320)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "can still be undone"),
                            ("queued", "queued"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("read", "read"),
                            ("failed", "failed"),
                            ("unknown", "unknown"),
                            ("needs_human", "needs a person"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=11,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=20)),
                ("words", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="inbox.delivery"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("delivery"), models.F("recipient"), name="recipientresult_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=60)),
                ("slot_start", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("job"), models.F("slot_start"), name="slot_once")],
            },
        ),
        migrations.CreateModel(
            name="Spending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("price", models.CharField(max_length=40)),
                ("units", models.PositiveBigIntegerField(default=0)),
                ("cost", models.PositiveBigIntegerField(default=0)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="spendings", to="inbox.channel"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("channel"), models.F("month"), models.F("price"), name="spending_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hint",
                    models.CharField(
                        choices=[
                            ("mentions", "it mentions its number or token"),
                            ("same_thread", "it answers a mail of that conversation, from a stranger's address"),
                            ("forwarded", "a mail of that customer was forwarded"),
                        ],
                        max_length=12,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="suggestions", to="inbox.conversation"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inbox.conversation"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("conversation"), models.F("other"), name="suggestion_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="standing lead",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("name"), name="team_name_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("agent", "Agent"),
                            ("supervisor", "Supervisor"),
                            ("manager", "Manager"),
                            ("admin", "Admin"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="inbox.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("agent"),
                        models.F("team"),
                        models.F("role"),
                        name="membership_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "admin"), ("team", None)),
                            ("role", "manager"),
                            models.Q(("role__in", ["agent", "supervisor"]), ("team__isnull", False)),
                            _connector="OR",
                        ),
                        name="membership_is_where_its_role_works",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="inbox.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Interval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "began_by",
                    models.CharField(
                        choices=[
                            ("opened", "opened"),
                            ("routed", "routed"),
                            ("passed_on", "passed on"),
                            ("passed_up", "passed up"),
                            ("timed_out", "timed out"),
                            ("shift_end", "shift end"),
                            ("absence", "absence"),
                            ("taken_over", "taken over"),
                            ("given_back", "given back"),
                            ("relief", "relief"),
                            ("merged", "merged"),
                            ("split", "split"),
                            ("solved", "solved"),
                            ("reopened", "reopened"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("opened", "opened"),
                            ("routed", "routed"),
                            ("passed_on", "passed on"),
                            ("passed_up", "passed up"),
                            ("timed_out", "timed out"),
                            ("shift_end", "shift end"),
                            ("absence", "absence"),
                            ("taken_over", "taken over"),
                            ("given_back", "given back"),
                            ("relief", "relief"),
                            ("merged", "merged"),
                            ("split", "split"),
                            ("solved", "solved"),
                            ("reopened", "reopened"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("note", models.TextField(blank=True, default="")),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="intervals", to="inbox.conversation"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intervals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="inbox.team")),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="conversations", to="inbox.team"
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="channels",
                to="inbox.team",
                verbose_name="team",
            ),
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="inbox.team"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="topic",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="inbox.topic"
            ),
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("data", models.JSONField(default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="inbox.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("conversation"), models.F("id"), name="activity_by_conversation")],
            },
        ),
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inbox.channel"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="copies", to="inbox.conversation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("conversation"), models.F("channel"), name="copy_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="leadterm",
            constraint=models.UniqueConstraint(
                models.F("team"), condition=models.Q(("ended_at", None)), name="leadterm_one_present"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadterm",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gt", models.F("started_at")), _connector="OR"),
                name="leadterm_lasts",
            ),
        ),
        migrations.AddConstraint(
            model_name="leadterm",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (inbox.models.ranges.IdRange("team", "team", models.Value("[]")), "&&"),
                    (inbox.models.ranges.TimeRange("started_at", "ended_at", models.Value("[)")), "&&"),
                ],
                name="leadterm_no_overlap",
            ),
        ),
        migrations.AddIndex(
            model_name="interval",
            index=models.Index(
                models.F("owner"),
                models.F("conversation"),
                condition=models.Q(("owner__isnull", False)),
                name="interval_by_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="interval",
            constraint=models.UniqueConstraint(
                models.F("conversation"), condition=models.Q(("ended_at", None)), name="interval_one_present"
            ),
        ),
        migrations.AddConstraint(
            model_name="interval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="interval_end_has_a_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="interval",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"),
                name="interval_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="interval",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (inbox.models.ranges.IdRange("conversation", "conversation", models.Value("[]")), "&&"),
                    (inbox.models.ranges.TimeRange("started_at", "ended_at", models.Value("[)")), "&&"),
                ],
                name="interval_no_overlap",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("team"),
                models.F("state"),
                models.OrderBy(models.F("last_activity_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="conversation_by_team",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("team"),
                models.OrderBy(models.F("last_activity_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("owner", None), ("state", "open")),
                name="conversation_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("post"), condition=models.Q(("post__isnull", False)), name="conversation_by_post"
            ),
        ),
    ]
