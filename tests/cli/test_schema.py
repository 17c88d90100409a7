"""`schema`: what an event must hold."""

import pytest

from bbic_bridge.handbook.handelser import HANDELSER
from tests.cli.conftest import Cli


@pytest.mark.parametrize("name", ["beslut.fattat", "se.bbic.beslut.fattat"])
def test_one_type_is_shown_by_its_short_or_full_name(cli: Cli, name: str) -> None:
    outcome = cli("schema", name)
    assert outcome.code == 0
    assert "beslut_id" in outcome.document["properties"]


def test_all_types_are_shown(cli: Cli) -> None:
    assert set(cli("schema", "--json").document) == set(HANDELSER)


def test_an_unknown_type_is_wrong_use_and_a_near_one_is_named(cli: Cli) -> None:
    outcome = cli("schema", "beslut.fatat")
    assert outcome.code == 2
    assert "Did you mean beslut.fattat" in outcome.err
