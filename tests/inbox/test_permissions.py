"""Who may do what: every role against every verb, and every address against what is not one's own."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from connectors.contract import Person
from inbox import blobs
from inbox.desk.ownership import hand, locked
from inbox.desk.take import take
from inbox.errors import NotAllowed
from inbox.models import (
    Activity,
    Agent,
    ApiToken,
    Attachment,
    Brand,
    Cause,
    Channel,
    Conversation,
    Copy,
    Customer,
    Delivery,
    Envelope,
    Item,
    Membership,
    Message,
    Outcome,
    ProviderApp,
    Role,
    Team,
)
from inbox.permissions import (
    Can,
    allows,
    audiences,
    held_back_for,
    is_among,
    read_roles,
    readers_of,
    require,
    teams_where,
    visible_to,
)
from tests.inbox.desk_of_five import NOW, Desk, browser, item, program
from tests.inbox.network import network

CANARY = "Zanzibar"
WORK = {"read", "reply", "note", "take", "pass_on", "solve", "settle", "rearrange"}
WATCH = {"assign", "open_quarantine", "release", "block", "moderate", "see_ledger", "see_health"} | {
    *("see_work", "make_rules", "plan_shifts", "make_answers", "make_views"),
}
MATRIX = {
    Role.AGENT: WORK,
    Role.SUPERVISOR: WORK | WATCH,
    Role.MANAGER: WORK | WATCH | {"make_policies", "make_guidelines", "make_answers_for_all"},
    Role.ADMIN: {"connect_channels", "run_people", "see_health", "see_ledger"},
}


def only(desk: Desk, role: Role | None, *, team: Any = None) -> Agent:
    """Ada with this role alone."""
    Membership.objects.filter(agent=desk.ada).delete()
    if role:
        Membership.objects.create(agent=desk.ada, role=role, team=None if role == Role.ADMIN else team)
    return Agent.objects.get(pk=desk.ada.pk)


@pytest.mark.parametrize("can", Can)
@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_allows_what_the_table_says_in_its_team(desk: Desk, role: Role | None, can: Can) -> None:
    ada = only(desk, role, team=desk.team)
    expected = role is not None and can.value in MATRIX[role]
    assert allows(ada, can) is expected
    assert allows(ada, can, desk.team) is expected
    assert allows(ada, can, desk.elsewhere) is (expected and role == Role.ADMIN)
    assert set(teams_where(ada, can)) == (
        set() if not expected else {desk.team, desk.elsewhere} if role == Role.ADMIN else {desk.team}
    )


@pytest.mark.parametrize("can", Can)
def test_a_manager_of_everything_may_everywhere(desk: Desk, can: Can) -> None:
    ada = only(desk, Role.MANAGER)
    assert allows(ada, can, desk.elsewhere) is (can.value in MATRIX[Role.MANAGER])


@pytest.mark.parametrize("can", Can)
def test_the_owner_may_work_on_what_is_his_whatever_team_it_is_in(desk: Desk, can: Can) -> None:
    conversation = desk.problem(channel=desk.channel_elsewhere)
    ada = only(desk, Role.AGENT, team=desk.team)
    conversation.owner = ada
    if can.value in WORK:
        require(ada, can, conversation)
    else:
        with pytest.raises(NotAllowed):
            require(ada, can, conversation)


@pytest.mark.parametrize("can", Can)
def test_who_is_switched_off_may_nothing(desk: Desk, can: Can) -> None:
    desk.kim.is_active = desk.max.is_active = False
    assert not allows(desk.kim, can)
    assert not allows(desk.max, can)


def test_the_reasons_to_see_a_conversation(desk: Desk) -> None:
    mine, foreign = desk.problem(), desk.problem(channel=desk.channel_elsewhere, text="Foreign")
    assert set(visible_to(desk.ada)) == {mine}
    assert set(visible_to(desk.kim)) == set()
    foreign.mentions.create(agent=desk.ada, at=NOW)
    assert set(visible_to(desk.ada)) == {mine, foreign}
    assert set(visible_to(only(desk, None))) == {foreign}
    assert set(visible_to(only(desk, Role.MANAGER))) == {mine, foreign}


def test_the_readers_of_a_conversation_are_all_who_see_it(desk: Desk) -> None:
    here = desk.problem()
    named, copied, owned = (desk.problem(channel=desk.channel_elsewhere, text=f"The {n}. lamp") for n in range(3))
    named.mentions.create(agent=desk.ada, at=NOW)
    copied.copies.create(channel=desk.channel)
    Membership.objects.filter(agent=desk.max).update(team=None)
    take(owned, by=Agent.objects.get(pk=desk.max.pk), now=desk.later())
    for role in (Role.MANAGER, Role.ADMIN):
        Membership.objects.filter(agent=desk.max).update(role=role)
        for conversation in (here, named, copied, owned):
            seen = {who for who in Agent.objects.all() if visible_to(who).filter(pk=conversation.pk).exists()}
            assert set(readers_of(conversation)) == seen
    assert set(readers_of(owned)) == {desk.max}
    Agent.objects.filter(pk=desk.ada.pk).update(is_active=False, switched_off_at=NOW)
    assert set(readers_of(named)) == set()


def test_an_audience_says_of_everybody_what_visible_to_says(desk: Desk) -> None:
    mine, foreign, named, once, copied = (
        desk.problem(),
        *(desk.problem(channel=desk.channel_elsewhere, text=text) for text in ("Foreign", "Named", "Once", "Copied")),
    )
    named.mentions.create(agent=desk.ada, at=NOW)
    for owner, cause in ((desk.ada, Cause.ROUTED), (None, Cause.GIVEN_BACK)):
        with transaction.atomic():
            hand(locked(once), now=desk.later(), cause=cause, owner=owner, by=None)
    Copy.objects.create(conversation=copied, channel=desk.channel)
    Membership.objects.create(agent=desk.max, role=Role.MANAGER)
    Agent.objects.filter(pk=desk.sam.pk).update(is_active=False, switched_off_at=NOW)
    people = list(Agent.objects.all())
    read_roles(people)
    known = audiences([c.pk for c in (mine, foreign, named, once, copied)])
    for agent in people:
        seen = set(visible_to(Agent.objects.get(pk=agent.pk)).values_list("pk", flat=True))
        assert {pk for pk, audience in known.items() if is_among(agent, audience)} == seen, agent.name
    assert len(set(visible_to(desk.ada))) == 4
    assert audiences([10**9]) == {}


def test_held_back_mail_is_for_those_who_watch_over_its_team(desk: Desk) -> None:
    here = item(desk.channel, outcome=Outcome.QUARANTINE, opened_at=NOW)
    item(desk.channel_elsewhere, outcome=Outcome.QUARANTINE, opened_at=NOW)
    assert [list(held_back_for(who)) for who in (desk.ada, desk.sam, desk.max, desk.kim)] == [[], [here], [here], []]


# -- every address of the pages and of the API, against what belongs to another team

# What an address asks for beyond the ids in it; without these it would be refused for its form.
BODY = {"text": "x", "note": "x", "seen_up_to": 10**9, "decision": "again", "to": "team:1", "team": 1, "until": ""}
NOT_OURS = {"accounts", "language", "street", "static"}
ADMINS = ("/people/", "/channels/")
PUBLIC = {"/livez", "/readyz", "/worker.js", "/link/<str:secret>/", "/api/v1/schema/", "/api/v1/docs/"}


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Every address of this installation, as its pattern is written."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = before + str(entry.pattern)
        if here.strip("/").partition("/")[0] in NOT_OURS:
            continue
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        elif isinstance(entry, URLPattern):
            yield here


def foreign(desk: Desk) -> dict[str, str]:
    """Something of another team for every kind of id that an address may hold."""
    carla = Person(address="carla@example.org", name=f"Carla {CANARY}")
    conversation = desk.problem(
        f"The lighthouse of {CANARY}", sender=carla, channel=desk.channel_elsewhere, subject=f"{CANARY} subject"
    )
    message = conversation.messages.get()
    digest = blobs.keep(CANARY.encode())
    file = Attachment.objects.create(
        message=message, name=f"{CANARY}.txt", media_type="text/plain", size=8, sha256=digest, created_at=NOW
    )
    reason = {"sentence": "Held", "facts": {}, "from": "carla@example.com", "subject": CANARY}
    held = item(desk.channel_elsewhere, outcome=Outcome.QUARANTINE, opened_at=NOW, reason=reason)
    Envelope.objects.filter(channel=desk.channel_elsewhere).update(sha256=digest)
    delivery = Delivery.objects.create(
        message=message, conversation=conversation, channel=desk.channel_elsewhere, queued_at=NOW, state="failed"
    )
    token = ApiToken.objects.create(agent=desk.kim, name=CANARY, digest="1" * 64, created_at=NOW)
    return {
        "<int:number>": str(conversation.number),
        "<int:message>": str(message.pk),
        "<int:delivery>": str(delivery.pk),
        "<uuid:uuid>": str(file.pk),
        "<int:item>": str(held.pk),
        "<int:pk>": str(token.pk),
        "<str:view>": "open",
        "customers/<int:number>": f"customers/{conversation.customer.number}",
    }


def filled(pattern: str, ids: dict[str, str]) -> str | None:
    """The address with those ids; None if it holds another kind of id."""
    for place, value in sorted(ids.items()):
        pattern = pattern.replace(place, value)
    return None if "<" in pattern else pattern


def everything() -> list[list[Any]]:
    """The rows that a stranger could have changed."""
    watched = (Conversation, Message, Delivery, Item, Attachment, ApiToken, Channel, Agent, Team, Customer, Membership)
    untouched = {"last_used_at", "seen_at"}
    fields = [[f.attname for f in model._meta.concrete_fields if f.name not in untouched] for model in watched]
    return [list(model._default_manager.order_by("pk").values(*f)) for model, f in zip(watched, fields, strict=True)]


def asks(client: Client, address: str) -> Iterator[tuple[str, Any]]:
    """Each way of asking for an address."""
    api = address.startswith("/api/")
    yield "GET", client.get(address)
    headers = {"Idempotency-Key": address}
    if api:
        yield "POST", client.post(address, {}, content_type="application/json", headers=headers)
        yield "DELETE", client.delete(address)
    else:
        yield "POST", client.post(address, BODY)


@pytest.mark.parametrize("name", ["ada", "sam", "kim"])
def test_no_address_shows_or_changes_what_belongs_to_others(desk: Desk, settings: Settings, name: str) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    ids = foreign(desk)
    agent = getattr(desk, name)
    if agent == desk.kim:  # the lead of the other team may do nothing there either, but the token is his
        ApiToken.objects.filter(name=CANARY).update(agent=desk.max)
    page, tool = browser(agent), program(agent)
    before, log = everything(), Activity.objects.count()
    asked = 0
    for pattern in addresses():
        address = filled(pattern, ids)
        named = address != pattern.replace("<str:view>", "open")
        if address is None or not named or address.startswith(ADMINS):
            continue
        for method, answer in asks(tool if address.startswith("/api/") else page, address):
            asked += 1
            assert answer.status_code in {404, 405}, f"{method} {address} answered {answer.status_code} to {name}"
            assert CANARY.encode() not in answer.content
    assert asked > 40
    assert everything() == before
    assert Activity.objects.count() == log


@pytest.mark.parametrize("name", ["ada", "sam", "max"])
def test_only_an_admin_reaches_what_admins_do(desk: Desk, name: str) -> None:
    app = network(desk).app
    for model in (Brand, Team, Agent, Channel, ProviderApp):
        assert model._default_manager.exists()
    ids: dict[str, object] = {"<int:channel_id>": desk.channel.pk, "<int:agent_id>": desk.ada.pk}
    ids |= {"<int:app_id>": app.pk if app else 0}
    ids |= {"<int:team_id>": desk.team.pk}
    ids |= {"<int:brand_id>": desk.channel.brand_id, "<str:kind>": "email", "<int:number>": 1}
    page = browser(getattr(desk, name))
    before, log = everything(), Activity.objects.count()
    admin = [
        p for p in addresses() if p.startswith(ADMINS) and p != "/channels/"
    ]  # how they do is for supervisors, too
    assert len(admin) > 10
    for pattern in admin:
        address = filled(pattern, {place: str(value) for place, value in ids.items()})
        assert address is not None
        for method, answer in asks(page, address):
            refused = {403, 404, 405} if method == "GET" else {302, 403, 404, 405}  # back, with a sentence
            assert answer.status_code in refused, f"{method} {address} answered {answer.status_code}"
    assert everything() == before
    assert Activity.objects.count() == log


@pytest.mark.parametrize("name", ["ada", "sam", "kim"])
def test_nothing_of_others_is_ever_seen(desk: Desk, name: str) -> None:
    ids = foreign(desk)
    desk.problem("Visible to the team")
    agent = getattr(desk, name)
    if agent == desk.kim:
        ApiToken.objects.filter(name=CANARY).update(agent=desk.max)
    page, tool = browser(agent), program(agent)
    terms = ["lighthouse", "carla", ids["<int:number>"], "C-1000", "example"]
    pages = [f"/search/?q={term}" for term in terms]
    pages += [f"/c/{view}/" for view in ("mine", "queue", "open", "pending", "solved")]
    pages += [p for p in addresses() if "<" not in p and not p.startswith("/events")]
    pages += [f"/api/v1/conversations/?{query}" for query in ("view=open", "view=queue", "state=open", "size=100")]
    pages += [f"/api/v1/conversations/?team={desk.elsewhere.pk}", f"/api/v1/conversations/?owner={desk.kim.pk}"]
    for address in pages:
        answer = (tool if address.startswith("/api/") else page).get(address)
        assert CANARY.encode() not in answer.content, f"{address} shows it to {name}"


@pytest.mark.parametrize("address", [a for a in addresses() if "<" not in a and a not in PUBLIC])
def test_nobody_is_let_in_nowhere(db: None, address: str) -> None:
    answer = browser(None).get(address)
    assert answer.status_code in {302, 401, 403, 405}, answer.status_code


def test_the_crawl_would_notice_what_is_one_s_own(desk: Desk) -> None:
    """The same ids, asked for by somebody who may: the crawl does not pass because everything is 404."""
    ids = foreign(desk)
    manager = only(desk, Role.MANAGER)
    readable = ["/c/<str:view>/<int:number>/", "/api/v1/conversations/<int:number>/messages/"]
    readable += ["/files/<uuid:uuid>/", "/originals/<int:item>/"]
    seen = [filled(pattern, ids) for pattern in readable]
    for address in filter(None, seen):
        answer = (program(manager) if address.startswith("/api/") else browser(manager)).get(address)
        assert answer.status_code == 200
        assert CANARY.encode() in (answer.getvalue() if answer.streaming else answer.content)


def test_a_foreign_message_under_ones_own_conversation_is_not_found(desk: Desk) -> None:
    own, other = desk.problem(), foreign(desk)
    tool = program(desk.ada)
    for kind, pk in product(("messages/{}/undo/", "deliveries/{}/decide/"), (other["<int:message>"], "1")):
        address = f"/api/v1/conversations/{own.number}/{kind.format(pk)}"
        body = {"decision": "again"} if "decide" in kind else {}
        assert tool.post(address, body, content_type="application/json").status_code == 404


def test_a_merge_does_not_reach_what_one_may_not_see(desk: Desk) -> None:
    own, other = desk.problem(), foreign(desk)
    answer = browser(desk.ada).post(f"/c/open/{own.number}/merge/", {"number": other["<int:number>"]})
    assert answer.status_code == 400  # as for a number that there is not
    own.refresh_from_db()
    assert own.messages.count() == 1


def test_ones_own_page_changes_only_what_is_ones_own(desk: Desk) -> None:
    """T30: every column of the person is sent; only those of the form may change."""
    page = browser(desk.ada)
    form = {"name": "Ada L.", "language": "en", "timezone": "UTC", "theme": "dark", "density": "", "status": "off"}
    form |= {"after_sending": ""}
    tried = {f.name: "1" for f in Agent._meta.concrete_fields} | {"is_staff": "1", "memberships": "1", "role": "admin"}
    del tried["password"]  # asks for another form
    before: dict[str, Any] = dict(Agent.objects.values().get(pk=desk.ada.pk))
    page.post("/me/", tried | {"email": "kim@example.com", "is_active": "", "session_salt": "x"} | form)
    after: dict[str, Any] = dict(Agent.objects.values().get(pk=desk.ada.pk))
    assert {name for name in after if after[name] != before[name]} - {"seen_at"} <= set(form)
    assert after["name"] == "Ada L."
    assert after["seen_at"]  # written while the page was asked for: saving the form does not take it back
    assert list(desk.ada.memberships.values_list("role", flat=True)) == ["agent"]
