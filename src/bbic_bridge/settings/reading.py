"""Configuration: TOML, overridden by ``BBIC_`` environment variables, secrets also as files.

Any value may be given as ``<name>_file``: the path (relative to the configuration file) of a file
that holds it. Precedence: environment, then the file, then the defaults.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.settings.models import Settings

ENV_PREFIX = "BBIC_"
FILE_SUFFIXES = ("_file", "_files")
NO_SETTINGS = ("BBIC_CONFIG", "BBIC_TOKEN", "BBIC_TOKEN_FILE")
"""What tells the command line something, and is no part of the configuration."""


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the configuration.

    Args:
        path: the TOML file; None for the built-in defaults with the environment on top.

    Raises:
        ConfigurationError: naming the setting, never its value.
    """
    data, base = _told(path, environ)
    resolved = _read_files(data, base, "")
    try:
        return Settings.model_validate({"base": base, **resolved})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        told = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"setting {where}: {told}") from error


def secret_files(path: Path | None, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The files that hold values of the configuration: all that ``load`` reads but itself.

    Raises:
        ConfigurationError: the configuration cannot be read.
    """
    data, base = _told(path, environ)
    return tuple(base / name for name in _named_files(data))


def _told(path: Path | None, environ: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """What the file and the environment say, and the folder that paths count from."""
    data: dict[str, Any] = {}
    base = Path.cwd()
    if path is not None:
        base = path.absolute().parent
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigurationError(f"no configuration file {path}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise ConfigurationError(f"{path}: {error}") from error
    _merge(data, _from_environment(environ))
    return data, base


def _named_files(node: Any) -> Iterator[str]:
    """The paths in every ``x_file`` and ``x_files``."""
    if isinstance(node, list):
        for item in node:
            yield from _named_files(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if _plain(key) == key:
                yield from _named_files(value)
            else:
                yield from map(str, value if isinstance(value, list) else [value])


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(ENV_PREFIX) or name in NO_SETTINGS:
            continue
        *parents, leaf = name.removeprefix(ENV_PREFIX).lower().split("__")
        target = found
        for parent in parents:
            target = target.setdefault(parent, {})
        target[leaf] = value
    return found


def _merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            for other_spelling in (_plain(key) + suffix for suffix in ("", *FILE_SUFFIXES)):
                into.pop(other_spelling, None)
            into[key] = value


def _read_files(node: Any, base: Path, owner: str) -> Any:
    """Replaces every ``x_file`` by ``x`` with the file's content; lists of paths become lists.

    Args:
        owner: where the node stands, with a dot behind (``kommun.malmo.``).
    """
    if isinstance(node, list):
        return [_read_files(item, base, f"{owner}{at}.") for at, item in enumerate(node)]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        if (name := _plain(key)) != key:
            paths = value if isinstance(value, list) else [value]
            contents = [_read_file(base, str(path), owner + key) for path in paths]
            result[name] = contents if isinstance(value, list) else contents[0]
        else:
            result.setdefault(key, _read_files(value, base, f"{owner}{key}."))
    return result


def _plain(key: str) -> str:
    """The setting's name without the suffix that says its value lies in a file."""
    return key.rsplit("_", 1)[0] if key.endswith(FILE_SUFFIXES) else key


def _read_file(base: Path, path: str, setting: str) -> str:
    try:
        return (base / path).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise ConfigurationError(f"setting {setting}: there is no file {base / path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"setting {setting}: cannot read {base / path}") from error


def default_path(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The configuration that a process finds by itself: ``BBIC_CONFIG``, else ``./bridge.toml``,
    else None, for the built-in defaults."""
    here = Path("bridge.toml")
    named = environ.get("BBIC_CONFIG")
    return Path(named) if named else here if here.exists() else None


def load_default(environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the configuration that a process finds by itself.

    Raises:
        ConfigurationError: naming the setting, never its value.
    """
    return load(default_path(environ), environ)
