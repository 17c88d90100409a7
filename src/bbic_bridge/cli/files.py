"""Writes the configuration of a new bridge: bridge.toml, its secrets, a folder for profiles."""

import base64
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.security.tokens import new_token

SANDBOX_PORT = 8900
SANDBOX_KOMMUNER = ("malmo", "exempel")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where the sandbox listens, and how patient the bridge is with it (seconds)."""

    port: int = SANDBOX_PORT
    host: str = "127.0.0.1"
    timeout_s: float = 5
    settle_s: float = 10
    retry_s: float = 0.5

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def configuration_text(sandbox: Sandbox | None) -> str:
    """The commented bridge.toml; with a sandbox, also the two kommuner that it plays."""
    text = _template("bridge.toml")
    if sandbox is None:
        return text
    values = {
        "sandbox": sandbox.url,
        "timeout_s": sandbox.timeout_s,
        "settle_s": sandbox.settle_s,
        "retry_s": sandbox.retry_s,
    }
    return text + Template(_template("sandbox.toml")).substitute(values)


def write_configuration(folder: Path, sandbox: Sandbox | None) -> tuple[Path, ...]:
    """Writes everything into ``folder`` and returns what was written.

    Raises:
        WrongUse: one of the files is there already; then nothing is written.
    """
    kommuner = SANDBOX_KOMMUNER if sandbox else ()
    texts = {
        folder / "bridge.toml": configuration_text(sandbox),
        folder / "profiles" / "README.md": _template("profiles.md"),
        **dict(new_secrets(folder / "secrets", kommuner)),
    }
    for path in texts:
        if path.exists():
            raise WrongUse(f"{path} is there already; nothing was written.")
    make_private(folder / "secrets")
    (folder / "profiles").mkdir(exist_ok=True)
    for path, text in texts.items():
        write_private(path, text)
    return tuple(texts)


def new_secrets(folder: Path, kommuner: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Fresh random values for every secret that a configuration names, each with its path."""
    for name in ("master_key", "index_key"):
        yield folder / name, _random()
    webhooks = ("workflow", *kommuner)
    for name in (*(f"{sender}_webhook_secret" for sender in webhooks), "callback_secret"):
        yield folder / name, f"whsec_{_random()}"
    for holder in ("admin", "operate", "read", "workflow"):
        yield folder / f"{holder}_token", new_token()


def make_private(folder: Path) -> None:
    """A folder that only its owner can enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner can read, from its first moment on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else text + "\n")


def _template(name: str) -> str:
    return (files("bbic_bridge.cli") / "templates" / name).read_text(encoding="utf-8")


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
