"""Configuration: what there is to be told (``models``), and how it is read (``reading``)."""

from bbic_bridge.settings.models import (
    Alerts,
    Callback,
    Frist,
    Kommun,
    Krav,
    Lane,
    Limits,
    Mottagare,
    OAuth,
    Partner,
    Retention,
    Retry,
    Settings,
    Source,
    Token,
    Worker,
)
from bbic_bridge.settings.reading import default_path, load, load_default, secret_files

__all__ = [
    "Alerts",
    "Callback",
    "Frist",
    "Kommun",
    "Krav",
    "Lane",
    "Limits",
    "Mottagare",
    "OAuth",
    "Partner",
    "Retention",
    "Retry",
    "Settings",
    "Source",
    "Token",
    "Worker",
    "default_path",
    "load",
    "load_default",
    "secret_files",
]
