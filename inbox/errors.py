"""Refusals: what a person asked for and may not have. The docstring is the sentence he reads."""

from django.utils.translation import gettext, gettext_noop

from connectors.errors import ChannelError


class Refusal(Exception):  # a refusal is an answer, not an accident
    """This cannot be done."""

    status = 409
    sentence = gettext_noop("This cannot be done.")

    def __init__(self, sentence: str = "", **facts: object) -> None:
        self.sentence = sentence or self.sentence
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def code(self) -> str:
        """A word for programs: the class's name in snake case."""
        name = type(self).__name__
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")

    def __str__(self) -> str:
        """The sentence in the reader's language."""
        plain = gettext(self.sentence)
        return plain % self.facts if self.facts else plain


class NotAllowed(Refusal):
    """You may not do this here."""

    status = 403
    sentence = gettext_noop("You may not do this here.")


class NotFound(Refusal):
    """There is nothing here that you may see."""

    status = 404
    sentence = gettext_noop("There is nothing here that you may see.")


class Invalid(Refusal):
    """Something in this form is not right."""

    status = 400
    sentence = gettext_noop("Something in this form is not right.")


class JustBeingSent(Refusal):
    """An answer is just being sent, or word of one is just coming in. Try again in a moment."""

    sentence = gettext_noop("An answer is just being sent, or word of one is just coming in. Try again in a moment.")


class SomethingNew(Refusal):
    """Something new has come since you looked. Your reply has not been sent."""

    sentence = gettext_noop("Something new has come since you looked. Your reply has not been sent.")

    def __init__(self, messages: list[int]) -> None:
        super().__init__()
        self.messages = messages


class AlreadyDone(Refusal):
    """Somebody was quicker: this has changed since you looked."""

    sentence = gettext_noop("Somebody was quicker: this has changed since you looked.")


class MergedAway(Refusal):
    """It is part of another conversation now."""

    sentence = gettext_noop("This is part of %(number)s now: nothing has been sent, and no note was left here.")


class NewInPrivate(Refusal):
    """Something was said in private since you looked. Your answer has not been sent."""

    sentence = gettext_noop(
        "In private, in %(number)s, something was said since you looked. Your answer has not been sent: look there,"
        " then send it again."
    )


class OpenInPrivate(Refusal):
    """He is spoken with in private already. Nothing has been sent."""

    sentence = gettext_noop(
        "In private, %(number)s is open with him already. Nothing has been sent: read what was said there, and answer."
    )


class SentAlready(Refusal):
    """This form has sent something else already. Your text has not been sent."""

    sentence = gettext_noop(
        "Something else was sent from this page already, see %(number)s. Your text has not been sent: look there, and"
        " send it again if it is to go out, too."
    )


class TeamClosed(Refusal):
    """The team is closed: no work goes there any more."""

    sentence = gettext_noop("The team %(name)s is closed: no work goes there any more. Choose another one.")


class StaysAtTheTop(Refusal):
    """It stands on the highest level: whoever holds that must solve it."""

    sentence = gettext_noop(
        "It stands on the highest level: it is solved there, or worked on with help, but not handed down."
    )


class ChecklistIncomplete(Refusal):
    """Something is still to be collected from the customer."""

    sentence = gettext_noop("Nobody further up may have to ask again. Collect first, or say why not: %(missing)s.")

    def __init__(self, missing: list[str]) -> None:
        super().__init__(missing=", ".join(missing))
        self.missing = missing


class ConnectedAlready(Refusal):
    """This account is a channel already."""

    sentence = gettext_noop("This account is connected already, as %(name)s. Change it there.")


class AnotherAccount(Refusal):
    """A channel stays the account that it was connected as."""

    sentence = gettext_noop("This channel is %(account)s for good. Connect %(other)s as a new channel.")


class StillInCharge(Refusal):
    """He is still in charge of something. Name another person first."""

    sentence = gettext_noop("%(name)s is still in charge of %(what)s. Name another person first.")


class ChannelCannot(Refusal):
    """This channel cannot carry such a reply."""

    sentence = gettext_noop("This channel cannot carry such a reply.")


class PartsNotSeen(Refusal):
    """This goes out in several parts. Look at them first."""

    sentence = gettext_noop("This is too long for one message here: it goes out as %(parts)s. Look at them, then send.")


def sentence(words: str, **facts: object) -> dict[str, object]:
    """A sentence of the system as a row keeps it: to be translated for whoever reads it (see `in_words`)."""
    return {"sentence": words, "facts": facts}


def described(error: ChannelError) -> dict[str, object]:
    """A channel's error as a row keeps it: the sentence to translate, its facts, the provider's own words.

    What is wrong besides is kept in the same way.
    """
    besides = {"besides": described(error.besides)} if error.besides else {}
    return besides | {
        "kind": type(error).__name__,
        "sentence": error.sentence,
        "facts": dict(error.facts),
        "words": error.words[:500],
    }


def in_words(row: dict[str, object] | None) -> str:
    """What `described` kept, in the reader's language; empty if there is nothing."""
    if not row:
        return ""
    sentence, facts, words = row.get("sentence") or "", row.get("facts") or {}, row.get("words") or ""
    plain = gettext(str(sentence)) if sentence else ""
    plain = plain % facts if plain and facts else plain
    besides = row.get("besides")
    other = in_words(besides) if isinstance(besides, dict) else ""
    return " ".join(filter(None, [plain, f"({words})" if words and plain else str(words), other]))
