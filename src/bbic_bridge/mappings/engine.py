"""The way in: ``load`` a profile by name, then build and parse with it."""

import re
from functools import lru_cache
from pathlib import Path

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.mappings.errors import MappingError, ProfileError
from bbic_bridge.mappings.loader import PROFILE_FILE, load_folder
from bbic_bridge.mappings.profile import Profile

__all__ = ["MappingError", "Profile", "ProfileError", "folder_of", "load", "shipped"]

_SHIPPED = Path(__file__).parent / "profiles"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)?")


def shipped() -> dict[str, Path]:
    """The profiles that come with the bridge, by name, and their folders."""
    files = sorted(_SHIPPED.glob(f"*/*/{PROFILE_FILE}"))
    return {file.parent.relative_to(_SHIPPED).as_posix(): file.parent for file in files}


@lru_cache(maxsize=64)
def load(name: str, folder: Path | None = None) -> Profile:
    """The profile of that name; loaded once per process.

    Args:
        name: ``procapita/standard`` and the like are shipped; else a folder under ``folder``.
        folder: where the installation keeps its own profiles.

    Raises:
        ProfileError: the profile is wrong; names the file and the key.
        ConfigurationError: there is no such profile.
    """
    return load_folder(name, folder_of(name, folder))


def folder_of(name: str, folder: Path | None = None) -> Path:
    """Where the files of that profile lie; arguments and errors as for ``load``."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"profile {name!r}: a name is lower-case letters, digits, - and _")
    if name in shipped():
        return shipped()[name]
    own = folder / name if folder else None
    if own is None or not (own / PROFILE_FILE).is_file():
        raise ConfigurationError(f"there is no profile {name}: no {PROFILE_FILE} in {own}")
    return own
