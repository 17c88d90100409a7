"""What every route of one running app shares, and who may call it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from bbic_bridge.receivers.access import Access, unknown_bearer
from bbic_bridge.receivers.body import Bodies
from bbic_bridge.receivers.desk import Desk
from bbic_bridge.security.tokens import BadToken, Bearer, Role, Use, shown_in

T = TypeVar("T")

# Writers share a group commit and only wait; readers each hold a connection of the store's pool.
WRITERS = 64
READERS = 8


class Front:
    """The desk behind the routes, and the threads in which it may block.

    Args:
        access: who may speak now; without it, who the desk's settings say.
    """

    def __init__(self, desk: Desk, access: Callable[[], Access] | None = None) -> None:
        self.desk = desk
        self.limits = desk.settings.limits
        self.bodies = Bodies(self.limits.body_bytes, self.limits.body_within_s)
        fixed = Access.of(desk.settings, desk.now)
        self._access = access or (lambda: fixed)
        self.draining = False
        self._writers = anyio.CapacityLimiter(WRITERS)
        self._readers = anyio.CapacityLimiter(READERS)

    @property
    def access(self) -> Access:
        return self._access()

    def drain(self) -> None:
        """From now on the app says that nothing more should be sent here."""
        self.draining = True

    async def writing(self, job: Callable[[], T]) -> T:
        """Runs a job that waits for a commit."""
        return await anyio.to_thread.run_sync(job, limiter=self._writers)

    async def reading(self, job: Callable[[], T]) -> T:
        """Runs a job that only reads; slow ones never hold up intake."""
        return await anyio.to_thread.run_sync(job, limiter=self._readers)


def front_of(request: Request) -> Front:
    front: Front = request.app.state.front
    return front


def _requires(role: Role, *uses: Use) -> Callable[..., Awaitable[Bearer]]:
    described = HTTPBearer(auto_error=False, scheme_name="token")

    async def check(request: Request, _: Annotated[object, Depends(described)]) -> Bearer:
        front = front_of(request)
        try:
            shown = shown_in(request.headers.get("authorization"))
        except BadToken as error:
            raise unknown_bearer(error) from None
        made = await front.reading(front.desk.bearers)
        return front.access.bearer(shown, made, role, frozenset(uses))

    return check


FrontOf = Annotated[Front, Depends(front_of)]
FeedReader = Annotated[Bearer, Depends(_requires("read", "operator", "feed"))]
Reader = Annotated[Bearer, Depends(_requires("read", "operator"))]
Operator = Annotated[Bearer, Depends(_requires("operate", "operator"))]
