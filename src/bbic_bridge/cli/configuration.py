"""Which configuration is in force: --config, else BBIC_CONFIG, else ./bridge.toml, else built in.

The built-in defaults are a file like any other, ``var/defaults.toml`` with ``var/secrets``, made
on first use: so every command in a folder, and every process it starts, sees the same.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bbic_bridge.cli import files

if TYPE_CHECKING:
    from bbic_bridge.settings import Settings

CONFIG_VARIABLE = "BBIC_CONFIG"
DEFAULTS = Path("var/defaults.toml")
HEADING = "# The built-in defaults. For a file of your own to edit: `bbic-bridge init`.\n"


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force and the file they came from."""

    path: Path
    settings: "Settings"

    def environment(self, **more: str) -> dict[str, str]:
        """What a process needs in order to see the same configuration: a path, no secret."""
        inherited = {name: value for name, value in os.environ.items() if name != "BBIC_TOKEN"}
        return {**inherited, CONFIG_VARIABLE: str(self.path.absolute()), **more}


def configuration(option: Path | None, *, sandbox_port: int | None = None) -> Configuration:
    """Finds and reads the configuration.

    Args:
        option: the file named on the command line, if any.
        sandbox_port: where the built-in defaults shall expect the sandbox from now on.

    Raises:
        ConfigurationError: naming the setting, never its value.
    """
    from bbic_bridge.settings import load

    path = chosen_file(option)
    if path is None:
        path = built_in_defaults(Path.cwd(), sandbox_port)
    return Configuration(path, load(path))


def chosen_file(option: Path | None) -> Path | None:
    """The file that somebody chose or wrote; None where the built-in defaults hold."""
    if option is not None:
        return option
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    here = Path("bridge.toml")
    return here if here.exists() else None


def built_in_defaults(folder: Path, sandbox_port: int | None = None) -> Path:
    """Makes sure that the built-in defaults exist below ``folder``, and returns their file."""
    path = folder / DEFAULTS
    if path.exists() and sandbox_port is None:
        return path
    files.make_private(path.parent)
    files.make_private(path.parent / "secrets")
    with _alone(path.with_suffix(".lock")):
        for secret, value in files.new_secrets(path.parent / "secrets", files.SANDBOX_KOMMUNER):
            if not secret.exists():
                files.write_private(secret, value)
        _replace(path, _defaults_text(folder, sandbox_port or files.SANDBOX_PORT))
    return path


def _defaults_text(folder: Path, sandbox_port: int) -> str:
    """Paths of secrets count from var/, all other paths from the folder it lies in."""
    base = str(folder.absolute()).replace("\\", "\\\\").replace('"', '\\"')
    sandbox = files.Sandbox(port=sandbox_port)
    return f'{HEADING}base = "{base}"\n{files.configuration_text(sandbox)}'


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    files.write_private(fresh, text)
    fresh.replace(path)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time: two commands may be the first use at the same moment."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
