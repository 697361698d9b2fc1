"""The query language of recent search, as far as a help desk needs it.

Words and "phrases", @names, from:, to:, conversation_id:, is:reply, is:quote, is:retweet, `-` for not, a space for and,
OR between groups. Parentheses are refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from connectors.sandbox.x.posting import mentions
from connectors.sandbox.x.problems import invalid
from connectors.sandbox.x.things import Account, Post
from connectors.sandbox.x.world import World

LONGEST = 512
_TERM = re.compile(r'-?(?:"[^"]+"|[^\s"]+)')
_OPERATOR = re.compile(r"(from|to|conversation_id|is|lang|has|url):(.+)")
Test = Callable[[Post], bool]


@dataclass(frozen=True, slots=True)
class Search:
    """Tells which posts a query finds."""

    world: World

    def compiled(self, query: str) -> Test:
        """Raise 400 when the query is empty, too long or holds what this search does not know."""
        if not 1 <= len(query) <= LONGEST or "(" in query:
            message = (
                f"The `query` query parameter value [{query}] is not valid: 1 to {LONGEST} characters, no groups here"
            )
            raise invalid(message, query=query)
        groups = [[self._term(term) for term in _TERM.findall(group)] for group in re.split(r"\sOR\s", query)]
        return lambda post: any(all(test(post) for test in group) for group in groups)

    def _term(self, term: str) -> Test:
        if term.startswith("-"):
            positive = self._term(term[1:])
            return lambda post: not positive(post)
        operator = _OPERATOR.fullmatch(term)
        if operator is not None:
            return self._operator(operator[1], operator[2])
        if term.startswith("@"):
            named = self.world.named(term)
            return lambda post: named is not None and named.id in mentions(self.world, post)
        word = re.compile(rf"(?<!\w){re.escape(term.strip(chr(34)))}(?!\w)", re.IGNORECASE)
        return lambda post: word.search(post.text) is not None

    def _operator(self, name: str, value: str) -> Test:
        if name == "from":
            return lambda post: self._is(post.author, value)
        if name == "to":
            return lambda post: self._is(self._author(post.parent), value)
        if name == "conversation_id":
            return lambda post: post.root == value
        kinds: dict[str, Test] = {
            "is:reply": lambda post: bool(post.parent),
            "is:quote": lambda post: bool(post.quoted),
            "is:retweet": lambda _post: False,
            "has:media": lambda post: bool(post.media),
        }
        if f"{name}:{value}" not in kinds:
            raise invalid(f"Reference to invalid operator '{name}:{value}'.", query=f"{name}:{value}")
        return kinds[f"{name}:{value}"]

    def _author(self, wanted: str) -> str:
        found = self.world.find(Post, wanted)
        return found.author if found is not None else ""

    def _is(self, account: str, wanted: str) -> bool:
        found = self.world.find(Account, account)
        return found is not None and wanted.removeprefix("@").lower() in {found.username.lower(), found.id}
