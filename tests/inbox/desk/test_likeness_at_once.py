"""What two customers give of themselves in one moment, read by two workers."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, get_ident
from typing import Any

import pytest

from inbox.inbound import receive
from inbox.models import Likeness
from tests.inbox.desk_of_five import Desk, mail
from tests.inbox.network import direct, network
from tests.inbox.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("writer", ["lena@example.com", "somebody@example.com"])
def test_who_gives_the_same_at_one_moment_is_suggested(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    both_have_looked, have_waited = Barrier(2), set[int]()

    def waits_then(real: Callable[..., None]) -> Callable[..., None]:
        def noted(*given: Any) -> None:
            real(*given)
            if get_ident() not in have_waited:
                have_waited.add(get_ident())
                both_have_looked.wait(30)

        return noted

    channel, sender = network(desk), type(mail().sender)(address=writer)
    text = "My lamp is broken." if writer.startswith("lena") else "Write to lena@example.com"
    for name in ("note_what_was_given", *(["note_newcomer"] if writer.startswith("lena") else [])):
        monkeypatch.setattr(receive, name, waits_then(getattr(receive, name)))
    jobs = [
        partial(desk.receives, direct("I am lena@example.com"), channel=channel, at=desk.clock),
        partial(desk.receives, mail(text, sender=sender), channel=desk.channel, at=desk.clock),
    ]
    assert all(isinstance(answer, receive.Received) for answer in at_once(jobs))
    assert Likeness.objects.count() == 1
