"""How often a program may ask."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from inbox.models import Agent, ApiToken


class PerToken(SimpleRateThrottle):
    """So many requests a minute for each token, or for each person without one; beyond: 429 with Retry-After."""

    scope = "token"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Whose requests are counted together; None for nobody, who is refused anyway."""
        if isinstance(request.auth, ApiToken):
            return f"throttle_token_{request.auth.pk}"
        return f"throttle_agent_{request.user.pk}" if isinstance(request.user, Agent) else None
