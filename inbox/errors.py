"""Refusals: what a person asked for and may not have. The docstring is the sentence he reads."""

from django.utils.translation import gettext, gettext_noop


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not an accident
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


class SomethingNew(Refusal):
    """Something new has come since you looked. Your reply has not been sent."""

    sentence = gettext_noop("Something new has come since you looked. Your reply has not been sent.")

    def __init__(self, messages: list[int]) -> None:
        super().__init__()
        self.messages = messages


class AlreadyDone(Refusal):
    """Somebody was quicker: this has changed since you looked."""

    sentence = gettext_noop("Somebody was quicker: this has changed since you looked.")


class StillInCharge(Refusal):
    """He is still in charge of something. Name another person first."""

    sentence = gettext_noop("%(name)s is still in charge of %(what)s. Name another person first.")


class ChannelCannot(Refusal):
    """This channel cannot carry such a reply."""

    sentence = gettext_noop("This channel cannot carry such a reply.")
