"""A configuration whose secrets or tokens cannot be told apart is refused at the start."""

from typing import Any

import pytest

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.receivers.access import Access
from bbic_bridge.settings import Settings
from tests.receivers.fake import NOW, secret

A, B = secret("a"), secret("b")
SOURCE = {"workflow": {"secrets": [A]}}


def kommun(*secrets: str) -> dict[str, Any]:
    return {
        "system": "procapita",
        "write_url": "http://x.invalid",
        "read_url": "http://x.invalid",
        "webhook_secrets": secrets,
    }


def access(**settings: Any) -> Access:
    return Access.of(Settings.model_validate(settings), lambda: NOW)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"source": {**SOURCE, "other": {"secrets": [B, A]}}}, "workflow and other"),
        ({"source": SOURCE, "kommun": {"malmo": kommun(A)}}, "workflow and malmo"),
        ({"kommun": {"malmo": kommun(A), "lund": kommun(A)}}, "malmo and lund"),
        ({"source": SOURCE, "callback": {"url": "x", "secret": A}}, "workflow and callback"),
    ],
)
def test_a_secret_in_two_places_would_not_tell_its_direction(
    settings: dict[str, Any], names: str
) -> None:
    with pytest.raises(ConfigurationError, match=names) as caught:
        access(**settings)
    assert A not in str(caught.value)


def test_several_secrets_of_one_owner_may_be_active() -> None:
    ring = access(source={"workflow": {"secrets": [A, B]}}).workflows
    assert [secret.name for secret in ring] == ["workflow", "workflow"]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"source": {"workflow": {"secrets": ["whsec_short"]}}}, "secret of workflow"),
        ({"kommun": {"malmo": kommun("hemligt")}}, "secret of malmo"),
        ({"token": {"reader": {"token": "short"}}}, "token reader"),
    ],
)
def test_an_unusable_secret_is_named_and_not_shown(settings: dict[str, Any], name: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        access(**settings)
    assert "short" not in str(caught.value)
    assert "hemligt" not in str(caught.value)
