"""Locks that keep others off, and that nobody inherits from the dead."""

import pytest

from inbox.database import alone_at, direct_connection
from tests.waiting import until

OTHERS = "SELECT pg_try_advisory_lock(hashtextextended('read', 7))"


@pytest.mark.django_db
def test_one_at_a_time_is_at_a_work() -> None:
    with direct_connection() as other:
        assert other.execute(OTHERS).fetchone() == (True,)
        with alone_at("read", 7) as alone:
            assert not alone
        with alone_at("read", 8) as alone:
            assert alone
    with direct_connection() as other, alone_at("read", 7) as alone:
        assert alone
        assert other.execute(OTHERS).fetchone() == (False,)


@pytest.mark.django_db
def test_the_lock_is_given_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), alone_at("read", 7):
        raise ValueError("broken")
    with direct_connection() as other:
        assert other.execute(OTHERS).fetchone() == (True,)


@pytest.mark.django_db
def test_the_lock_of_a_session_that_ended_is_free() -> None:
    other = direct_connection()
    other.execute(OTHERS)
    other.close()

    def free() -> bool:
        with alone_at("read", 7) as alone:
            return alone

    until(free, "the database has noticed the end")
