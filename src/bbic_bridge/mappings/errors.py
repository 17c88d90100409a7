"""What can be wrong with a mapping.

BridgeError
├── ConfigurationError
│   └── ProfileError     the profile itself is wrong; found when it is loaded
└── MappingError         one message cannot be translated by a sound profile

No text of either holds a value of a message: values can be personal.
"""

from pathlib import Path

from bbic_bridge.delivery.errors import BridgeError, ConfigurationError


class ProfileError(ConfigurationError):
    """A profile cannot be used. Names the file and the key in it."""

    def __init__(self, file: Path, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key
        self.problem = problem


class MappingError(BridgeError):
    """A message cannot be built or read.

    Attributes:
        profile: e.g. ``procapita/standard``.
        message: the operation or other message, e.g. ``tilldela_resurs``; or a code table.
        field: our name of the field (``mal[2].text``), an element path in angle brackets where
            no field is mapped to it, or empty for the message as a whole.
        problem: what is wrong, in plain words, without the value.
    """

    def __init__(self, profile: str, message: str, field: str, problem: str) -> None:
        where = f", field {field}" if field else ""
        super().__init__(f"profile {profile}, message {message}{where}: {problem}")
        self.profile = profile
        self.message = message
        self.field = field
        self.problem = problem


class FieldError(ValueError):
    """Inside the engine: a field and what is wrong with it; becomes a ``MappingError``."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field
        self.problem = problem

    def within(self, outer: str) -> "FieldError":
        """The same error seen from the list item that holds the field."""
        return FieldError(f"{outer}.{self.field}" if self.field else outer, self.problem)
