"""The ways a channel can disappoint us, told apart by what we do next.

An error carries a *sentence* a person can act on, in English and marked for translation with
`gettext_noop`, the *facts* that fill its `%(name)s` places, and the provider's own `words`.
Whoever shows it translates the sentence: connectors know no language but the source's.
"""

from datetime import datetime
from errno import EDQUOT, ENOSPC


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the message catalogue; translation happens where it is shown."""
    return sentence


NO_ROOM = gettext_noop("Our own disk is full: what comes waits, and goes on as soon as there is room.")


def is_no_room(error: BaseException) -> bool:
    """Whether our own disk is full, which is no fault of what was just written, nor of whoever sent it."""
    return isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT)


class ChannelError(Exception):
    """Something on the way to or from a provider did not work; `besides` is what else is wrong with the account."""

    besides: "ChannelError | None" = None

    def __init__(self, sentence: str, words: str = "", **facts: str | int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.words = words
        self.facts = facts

    def __str__(self) -> str:
        plain = self.sentence % self.facts if self.facts else self.sentence
        said = f"{plain} ({self.words})" if self.words else plain
        return f"{said} {self.besides}" if self.besides else said


class Rejected(ChannelError):
    """The provider refused this one thing for good: do not try it again, tell the agent why."""


class TryLater(ChannelError):
    """Nothing had an effect yet: the same thing may be tried again, not before `until` if that is known."""

    def __init__(self, sentence: str, words: str = "", until: datetime | None = None, **facts: str | int) -> None:
        super().__init__(sentence, words, **facts)
        self.until = until


class CredentialsRefused(ChannelError):
    """The account does not let us in: stop, keep everything, and ask an admin to connect it again."""


class CreditsSpent(ChannelError):
    """The account has nothing left to pay with: pause the channel and tell an admin, nothing had an effect."""


class OutcomeUnknown(ChannelError):
    """The line broke when the provider may already have acted: never send again before looking."""


class NotFromProvider(ChannelError):
    """A call claims to be from the provider and is not signed by it: refuse it, keep nothing."""


class Unreadable(ChannelError):
    """A payload that we cannot open: keep its bytes, show it to people, go on with the next one.

    `died` says that the reader did not survive it, which may have been bad luck (no memory just then); `no_room` that
    our own disk is full, so that nothing can be said of the payload yet.
    """

    def __init__(
        self, sentence: str, words: str = "", *, died: bool = False, no_room: bool = False, **facts: str | int
    ) -> None:
        super().__init__(sentence, words, **facts)
        self.died = died
        self.no_room = no_room
