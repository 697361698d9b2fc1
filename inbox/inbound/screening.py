"""What may come in, and what waits in quarantine: with the reason, for a person to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext_noop

from connectors.contract import Incoming


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why something waits for a person; `facts` fill the sentence's places."""

    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def as_row(self) -> dict[str, object]:
        """As the item keeps it."""
        return {"sentence": self.sentence, "facts": dict(self.facts)}


# It asks for nothing, so that it must not climb; a person sees whether it tells something after all.
BELONGS_NOWHERE = Suspicion(gettext_noop("An automatic answer that belongs to none of our conversations."))

# A program sends first and puts its copy into Sent then; so much later the copy of a large mail is there, too.
COPY_COMES_WITHIN = timedelta(minutes=15)


def may_answer_what_comes(incoming: Incoming, waited: timedelta) -> bool:
    """Whether what belongs nowhere may answer a mail written in another program, whose copy is not here yet."""
    return bool(incoming.parents) and waited < COPY_COMES_WITHIN


def suspect(incoming: Incoming, facts: Mapping[str, str], blocked: str | None) -> Suspicion | None:
    """The first reason not to let this in, or None. `blocked` is why somebody blocked the sender."""
    if blocked is not None:
        return Suspicion(gettext_noop("The sender was blocked: %(reason)s"), {"reason": blocked or "–"})
    if facts.get("role") == "junk":
        return Suspicion(
            gettext_noop("The mail server put it into its own spam folder, %(folder)s."),
            {"folder": facts.get("folder", "Junk")},
        )
    if incoming.spam and incoming.spam.verdict:
        return Suspicion(
            gettext_noop("The mail server's filter takes it for spam: %(header)s, score %(score)s."),
            {
                "header": incoming.spam.header,
                "score": "–" if incoming.spam.score is None else incoming.spam.score,
            },
        )
    return None
