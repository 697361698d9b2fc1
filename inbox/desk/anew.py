"""Something that counts for many conversations has changed: each is looked at anew."""

from django.db.models import F

from inbox.models import Conversation, Customer, State, Team


def look_anew(*, customer: Customer | None = None, team: Team | None = None) -> int:
    """Make everything unsolved due to be looked at, or only what one customer asked or one team has.

    Return how many there are.
    """
    rows = Conversation.objects.exclude(state=State.SOLVED)
    if customer is not None:
        rows = rows.filter(customer=customer)
    if team is not None:
        rows = rows.filter(team=team)
    return rows.update(look_at=F("opened_at"))
