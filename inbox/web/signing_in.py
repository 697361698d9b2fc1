"""How people come in: nobody signs himself up, and links work once."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """An admin makes the accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
