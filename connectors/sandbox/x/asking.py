"""One request, read strictly: what it may carry, and the refusal in the words of X when it carries something else."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from connectors.sandbox.hooks import Hooks
from connectors.sandbox.x.callers import App, Caller
from connectors.sandbox.x.fields import old_spelling, respelled, wanted
from connectors.sandbox.x.problems import Problem, invalid, missing, unauthorized
from connectors.sandbox.x.rendering import Rendering
from connectors.sandbox.x.switches import Rules, Spelling, Switches
from connectors.sandbox.x.things import Account
from connectors.sandbox.x.world import World

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,19}$")]
Body = TypeVar("Body", bound=msgspec.Struct)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Platform:
    """All parts of this X."""

    world: World
    app: App
    switches: Switches
    hooks: Hooks

    @property
    def rules(self) -> Rules:
        return self.switches.rules.get()


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is no JSON."""

    raw: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A request whose sender is known. `path` are the ids in its path; `form` holds a multipart body or a form."""

    platform: Platform
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    form: Mapping[str, str | bytes]

    @property
    def world(self) -> World:
        return self.platform.world

    @property
    def account(self) -> Account:
        """Who is logged in. Raise 401 for the app itself."""
        if self.caller.account is None:
            raise unauthorized()
        return self.caller.account

    def json(self, kind: type[Body]) -> Body:
        """The body as this structure. Raise 400 for what is no JSON, misses a field or has one too many."""
        try:
            return msgspec.convert(old_spelling(msgspec.json.decode(self.body)), kind)
        except msgspec.DecodeError as error:
            raise invalid(str(error)) from None

    def rendering(self, allowed: Mapping[str, frozenset[str]]) -> Rendering:
        return Rendering(self.world, self.platform.rules, wanted(self.query, allowed), self.caller.account)

    def spelled(self, answer: Any) -> Any:
        return respelled(answer) if self.platform.rules.spelling is Spelling.POST else answer

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """A number from the query. Raise 400 when it is none or out of bounds."""
        given = self.query.get(name, str(default))
        if not given.isdigit() or not low <= int(given) <= high:
            raise invalid(
                f"The `{name}` query parameter value [{given}] is not between {low} and {high}", **{name: given}
            )
        return int(given)

    def id(self, name: str) -> int | None:
        """An id from the query, none if it is not there."""
        given = self.query.get(name)
        if given is None:
            return None
        if not given.isdigit() or len(given) > 19:
            raise invalid(f"The `{name}` query parameter value [{given}] is not valid", **{name: given})
        return int(given)

    def instant(self, name: str) -> int | None:
        """A time from the query in epoch milliseconds, none if it is not there."""
        given = self.query.get(name)
        try:
            return None if given is None else int(datetime.fromisoformat(given).timestamp() * 1000)
        except ValueError:
            raise invalid(f"Invalid '{name}':[{given}]. '{name}' must be RFC3339", **{name: str(given)}) from None

    def listed(self, name: str, most: int = 100) -> list[str]:
        """A list of the query, which must be there."""
        found = [word for word in self.query.get(name, "").split(",") if word]
        if not 1 <= len(found) <= most:
            raise invalid(
                f"The number of values in the `{name}` query parameter list [{len(found)}] is not between 1 and {most}",
                **{name: found},
            )
        return found

    def token(self) -> str:
        """The paging token, under either of its names."""
        return self.query.get("pagination_token", self.query.get("next_token", ""))


def looked_up(
    found: Mapping[str, Item | None], kind: str, parameter: str, render: Callable[[Item], Any], rendering: Rendering
) -> dict[str, Any]:
    """The answer to a look-up of several: what is there, and a partial error for each that is not."""
    data = [render(item) for item in found.values() if item is not None]
    errors = [missing(kind, parameter, wanted) for wanted, item in found.items() if item is None]
    answer = {"data": data, "includes": rendering.includes(), "errors": errors}
    return {name: value for name, value in answer.items() if value}


def one(answer: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """The answer to a look-up of one: `data` is the thing itself."""
    if "data" in answer:
        return {**answer, "data": answer["data"][0]}
    if rules.missing_is_404:
        raise Problem(404, answer["errors"][0])
    return answer


def page(
    items: Sequence[Item], identify: Callable[[Item], str], size: int, token: str
) -> tuple[Sequence[Item], dict[str, Any]]:
    """One page of `items` (newest first) and its meta. A token names the thing it stands beside: news shift nothing."""
    direction, anchor = _opened(token)
    rest = [item for item in items if direction != "after" or int(identify(item)) > anchor]
    rest = [item for item in rest if direction != "before" or int(identify(item)) < anchor]
    start = max(len(rest) - size, 0) if direction == "after" else 0
    shown = rest[start : start + size]
    meta: dict[str, Any] = {"result_count": len(shown)}
    if shown and any(int(identify(item)) < int(identify(shown[-1])) for item in items):
        meta["next_token"] = _sealed("before", identify(shown[-1]))
    if shown and token:
        meta["previous_token"] = _sealed("after", identify(shown[0]))
    return shown, meta


def _sealed(direction: str, anchor: str) -> str:
    return base64.b32encode(f"{direction}:{anchor}".encode()).decode().rstrip("=").lower()


def _opened(token: str) -> tuple[str, int]:
    if not token:
        return "", 0
    try:
        padded = token.upper() + "=" * (-len(token) % 8)
        direction, _colon, anchor = base64.b32decode(padded).decode().partition(":")
        return direction, int(anchor)
    except ValueError:
        message = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid(message, pagination_token=token) from None
