"""Who may call: a bearer token where one is configured."""

import hmac

from starlette.requests import Request


def token_stands(request: Request, token: str) -> bool:
    """Whether the call bears the configured token; without one, everybody may call."""
    given = request.headers.get("authorization", "")
    return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
