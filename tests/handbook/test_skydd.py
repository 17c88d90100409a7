from typing import get_args

import pytest

from bbic_bridge.handbook.dokument.bas import Kontakt
from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.regler import planera
from bbic_bridge.handbook.skydd import skyddad, synliga_kontaktuppgifter
from bbic_bridge.handbook.uppgifter import Kontaktuppgifter, Person, Skydd
from tests.handbook.minsta import BARN, FORALDER, handelse

ADRESS = "Hemliga vägen 1"
KONTAKT = {"namn": "Eva Test", "skydd": "ingen", "adress": ADRESS, "telefon": "000-00"}
SKYDDADE = [skydd for skydd in get_args(Skydd) if skydd != "ingen"]
MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}


def person(skydd: Skydd) -> Person:
    return Person(personnummer=BARN["personnummer"], namn="Alva Test", skydd=skydd)


def test_where_nobody_is_protected_all_contact_details_go_along() -> None:
    kontakt = Kontakt.model_validate(KONTAKT)
    assert synliga_kontaktuppgifter((person("ingen"),), [kontakt]) == (
        Kontaktuppgifter(namn="Eva Test", adress=ADRESS, telefon="000-00"),
    )


@pytest.mark.parametrize("skydd", SKYDDADE)
def test_one_protected_person_is_enough_to_keep_all_back(skydd: Skydd) -> None:
    kontakt = Kontakt.model_validate(KONTAKT)
    assert synliga_kontaktuppgifter((person("ingen"), person(skydd)), [kontakt]) == ()
    protected = kontakt.model_copy(update={"skydd": skydd})
    assert synliga_kontaktuppgifter((person("ingen"),), [kontakt, protected]) == ()


def test_protection_that_nobody_stated_counts_as_protection() -> None:
    assert skyddad([Kontakt(namn="Eva Test", adress=ADRESS)])
    assert not skyddad([])


@pytest.mark.parametrize("insatstyp", ["oppenvard", "hvb", "familjehem", "kontaktfamilj"])
@pytest.mark.parametrize("who", ["barn", "foraldrar", "kontaktuppgifter", None])
def test_an_address_leaves_only_when_nobody_is_protected(insatstyp: str, who: str | None) -> None:
    data: dict[str, list[dict[str, str]]] = {
        "barn": [dict(BARN)],
        "foraldrar": [dict(FORALDER)],
        "kontaktuppgifter": [dict(KONTAKT)],
    }
    for one in data.get(who or "", []):
        one["skydd"] = "sekretessmarkering"
    changed = {**data, "barn": data["barn"][0], "insatstyp": insatstyp, "mottagare": MOTTAGARE}
    plan = planera(parse_event(handelse("uppdrag.upprattat", **changed)))
    sent = plan.uppgifter[0].uppgift.model_dump_json()
    assert (ADRESS in sent, "000-00" in sent) == (who is None, who is None)
    told = [varning.pointer for varning in plan.varningar]
    assert told == ([] if who is None else ["/data/kontaktuppgifter"])
