"""What the sandbox is told when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How to run the sandbox. Empty secrets switch the check in question off.

    Args:
        host, port: where to listen; port 0 takes a free one, told in the line printed when ready.
        webhooks_to: address of the bridge, without path; empty sends no webhooks.
        webhook_secrets: ``whsec_…`` per kommun; without one, that kommun's webhooks are not sent.
        callback_secret: ``whsec_…`` that the bridge signs its callbacks with.
        key: the FamilyCare API key; empty accepts any key that is given.
        token: the bearer token for writes (both vendors) and for Treserva's reads.
        first_id: number of the first object; None starts where no earlier run has been, so that a
            bridge that outlives the sandbox never meets an old id on a new object.
        state: the file in which the sandbox remembers what happened, also when it is killed; None
            forgets everything in the end.
    """

    host: str = "127.0.0.1"
    port: int = 8900
    webhooks_to: str = ""
    webhook_secrets: Mapping[str, str] = field(default_factory=dict)
    callback_secret: str = ""
    key: str = ""
    token: str = ""
    first_id: int | None = None
    state: Path | None = None
