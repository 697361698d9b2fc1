"""Answers about accounts."""

from typing import Any

from connectors.sandbox.x.asking import Ask, looked_up, one
from connectors.sandbox.x.fields import FOR_USERS
from connectors.sandbox.x.problems import invalid
from connectors.sandbox.x.things import Account
from connectors.sandbox.x.wording import MENTION


def me(ask: Ask) -> dict[str, Any]:
    rendering = ask.rendering(FOR_USERS)
    return {"data": rendering.user(ask.account)}


def by_ids(ask: Ask) -> dict[str, Any]:
    return _found(ask, {wanted: _active(ask.world.find(Account, wanted)) for wanted in ask.listed("ids")}, "ids")


def by_usernames(ask: Ask) -> dict[str, Any]:
    names = ask.listed("usernames")
    for strange in (name for name in names if not MENTION.fullmatch(f"@{name}")):
        message = f"The `usernames` query parameter value [{strange}] does not match ^[A-Za-z0-9_]{{1,15}}$"
        raise invalid(message, usernames=strange)
    return _found(ask, {name: _active(ask.world.named(name)) for name in names}, "usernames")


def by_id(ask: Ask) -> dict[str, Any]:
    found = {ask.path["id"]: _active(ask.world.find(Account, ask.path["id"]))}
    return one(_found(ask, found, "id"), ask.platform.rules)


def by_username(ask: Ask) -> dict[str, Any]:
    found = {ask.path["username"]: _active(ask.world.named(ask.path["username"]))}
    return one(_found(ask, found, "username"), ask.platform.rules)


def _found(ask: Ask, found: dict[str, Account | None], parameter: str) -> dict[str, Any]:
    rendering = ask.rendering(FOR_USERS)
    return looked_up(found, "user", parameter, rendering.user, rendering)


def _active(account: Account | None) -> Account | None:
    return None if account is None or account.suspended else account
