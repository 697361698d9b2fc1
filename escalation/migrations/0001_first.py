import datetime as dt

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("inbox", "0003_ladder"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="acknowledgement",
                        serialize=False,
                        to="inbox.channel",
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="in use")),
                ("words", models.TextField(blank=True, default="", verbose_name="words")),
                ("words_ru", models.TextField(blank=True, default="", verbose_name="words, in Russian")),
            ],
        ),
        migrations.CreateModel(
            name="TeamCalendar",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="calendar",
                        serialize=False,
                        to="inbox.team",
                    ),
                ),
                ("timezone", models.CharField(default="UTC", max_length=64, verbose_name="time zone")),
                ("country", models.CharField(blank=True, default="", max_length=2, verbose_name="public holidays of")),
                (
                    "subdivision",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="part of the country"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_on", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "clock",
                    models.CharField(
                        choices=[("calendar", "all the time"), ("working", "the team's working hours")],
                        default="calendar",
                        max_length=8,
                        verbose_name="clock",
                    ),
                ),
                ("priority", models.SmallIntegerField(blank=True, null=True, verbose_name="from this priority on")),
                (
                    "update_after",
                    models.DurationField(
                        blank=True,
                        default=dt.timedelta(seconds=28800),
                        null=True,
                        verbose_name="an update is due after",
                    ),
                ),
                ("tells_customer", models.BooleanField(default=False, verbose_name="tell the customer when it climbs")),
                ("words", models.TextField(blank=True, default="", verbose_name="what he is told")),
                ("words_ru", models.TextField(blank=True, default="", verbose_name="what he is told, in Russian")),
                (
                    "channels",
                    models.ManyToManyField(blank=True, related_name="+", to="inbox.channel", verbose_name="channels"),
                ),
                (
                    "plans",
                    models.ManyToManyField(blank=True, related_name="policies", to="inbox.plan", verbose_name="plans"),
                ),
                (
                    "topics",
                    models.ManyToManyField(blank=True, related_name="+", to="inbox.topic", verbose_name="topics"),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="proposal",
                        serialize=False,
                        to="inbox.conversation",
                    ),
                ),
                ("note", models.TextField(blank=True, default="")),
                ("made_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="roster",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("shift_until", models.DateTimeField(blank=True, null=True)),
                ("warned_until", models.DateTimeField(blank=True, null=True)),
                ("left_until", models.DateTimeField(blank=True, null=True)),
                ("next_start_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(models.F("due_at"), condition=models.Q(("due_at__isnull", False)), name="roster_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_on", models.BooleanField(default=True)),
                ("conditions", models.JSONField(default=dict)),
                ("actions", models.JSONField(default=dict)),
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
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("day_off", "day off"), ("sick", "sick"), ("swap", "swap"), ("extra", "extra shift")],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ("uid", models.CharField(blank=True, default="", max_length=255)),
                ("at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                    "instead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stands_in",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who works instead",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
                "indexes": [models.Index(models.F("agent"), models.F("ends_at"), name="change_by_agent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="change_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("instead__isnull", False), ("kind", "swap")),
                            models.Q(models.Q(("kind", "swap"), _negated=True), ("instead", None)),
                            _connector="OR",
                        ),
                        name="change_swap_names_another",
                    ),
                    models.UniqueConstraint(
                        models.F("agent"),
                        models.F("uid"),
                        condition=models.Q(("uid", ""), _negated=True),
                        name="change_imported_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Climb",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.PositiveSmallIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("due_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="climbs", to="inbox.conversation"
                    ),
                ),
                (
                    "given_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "taken_from",
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
                    models.UniqueConstraint(
                        models.F("conversation"), models.F("cycle"), models.F("level"), name="climb_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="to")),
                ("people", models.PositiveSmallIntegerField(default=1, verbose_name="people")),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cover", to="inbox.team"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "starts"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("weekday__range", (1, 7))), name="cover_is_on_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
                ("broken_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="promises", to="inbox.conversation"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("broken_at"), condition=models.Q(("broken_at__isnull", False)), name="promise_broken"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("conversation"),
                        condition=models.Q(("broken_at", None), ("kept_at", None), ("withdrawn_at", None)),
                        name="promise_one_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept_at", None), ("broken_at", None), _connector="OR"),
                        name="promise_kept_or_broken",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="to")),
                ("timezone", models.CharField(max_length=64, verbose_name="time zone")),
                ("since", models.DateField(verbose_name="first day")),
                ("until", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("on_holidays", models.BooleanField(default=False, verbose_name="on public holidays, too")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shifts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "starts"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("weekday__range", (1, 7))), name="shift_is_on_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="shift_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(2)],
                        verbose_name="level",
                    ),
                ),
                ("after", models.DurationField(verbose_name="after")),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("level", "whoever of the level is on duty and has least to do"),
                            ("lead", "the team's duty lead"),
                            ("person", "a named person"),
                        ],
                        default="level",
                        max_length=6,
                        verbose_name="to",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="escalation.policy"
                    ),
                ),
            ],
            options={
                "ordering": ["after", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("target", "person")),
                            models.Q(("target", "person"), _negated=True),
                            _connector="OR",
                        ),
                        name="step_names_its_person",
                    ),
                    models.CheckConstraint(condition=models.Q(("after__gt", dt.timedelta(0))), name="step_waits"),
                ],
            },
        ),
    ]
