from collections.abc import Mapping
from typing import Any, get_args

import pytest

from bbic_bridge.handbook import kodlistor as k
from bbic_bridge.handbook.uppgifter import Insatstyp


@pytest.mark.parametrize(
    ("koder", "ord_"),
    [
        (k.Omrade, k.OMRADEN),
        (k.Forandring, k.FORANDRING),
        (k.Roll, k.ROLLER),
        (k.Samverkansform, k.SAMVERKANSFORMER),
        (k.NastaSteg, k.NASTA_STEG),
        (Insatstyp, k.INSATSTYPER),
    ],
)
def test_every_code_has_words_of_its_own(koder: Any, ord_: Mapping[str, str]) -> None:
    assert list(ord_) == list(get_args(koder))
    assert len(set(ord_.values())) == len(ord_)


def test_the_triangle_has_three_sides_of_four() -> None:
    assert [len(omraden) for omraden in k.TRIANGEL.values()] == [4, 4, 4]


def test_an_uppdrag_either_lies_in_the_plan_or_is_sent_on() -> None:
    assert not k.KONTAKTPERSON_MFL & k.VIDAREBEFORDRAS
    assert k.PLACERING < k.VIDAREBEFORDRAS
