"""Where someone is protected, or is not known not to be, nothing that tells where goes on."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from bbic_bridge.handbook.dokument.bas import Dokument, Kontakt
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, parse_event
from bbic_bridge.handbook.punkter import delar
from bbic_bridge.handbook.regler import Plan, planera
from bbic_bridge.handbook.skydd import SKYDDADE, skyddad
from bbic_bridge.handbook.uppgifter import Person, Skydd
from tests.handbook.minsta import BARN, FORALDER, HVB_PLAN, TYPER, dokument, handelse

HEMLIGT = "Hemliga vägen 1"
TELEFON = "000-00"
KONTAKT = {"namn": "Eva Test", "skydd": "ingen", "adress": HEMLIGT, "telefon": TELEFON}
MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
NIVAER = get_args(Skydd)
INGEN = "ingen"
# What tells where someone is, wherever in a document it might ever stand.
TELLING = {"adress", "telefon", "skolgang", "skola", "epost"}
PLAN = "genomforandeplan.faststalld"
INSATSTYPER = ["oppenvard", "hvb", "familjehem", "kontaktfamilj"]


def fylld(typ: str, skydd: Skydd) -> dict[str, Any]:
    """A document of the type with every protected field filled and a child of that protection."""
    event = handelse(typ)
    event["data"]["barn"] = {**BARN, "skydd": skydd}
    document = HANDELSER[PREFIX + typ]
    for agare, falten in SKYDDADE.items():
        if issubclass(document, agare):
            for falt in falten:
                event["data"][falt] = [KONTAKT] if falt == "kontaktuppgifter" else HEMLIGT
    return event


def sent(plan: Plan) -> str:
    return "".join(one.uppgift.model_dump_json() for one in plan.uppgifter)


@pytest.mark.parametrize("skydd", NIVAER)
@pytest.mark.parametrize("typ", TYPER)
def test_no_document_tells_where_a_protected_child_is(typ: str, skydd: Skydd) -> None:
    event = fylld(typ, skydd)
    plan = planera(parse_event(event))
    there = HEMLIGT in json.dumps(event, ensure_ascii=False)
    assert (HEMLIGT in sent(plan)) == (there and skydd == INGEN)
    told = [one for one in plan.varningar if one.kod.startswith("skydd.")]
    assert bool(told) == (there and skydd != INGEN)
    for one in told:
        assert one.kod == f"skydd.{one.pointer.removeprefix('/data/')}"
        assert (one.kalla, one.vikt) == ("L: SFS 2009:400", "lag")
        assert one.namn


def test_every_field_that_tells_where_someone_is_stands_in_the_one_list() -> None:
    for document in set(HANDELSER.values()):
        listed = {
            falt
            for agare, falten in SKYDDADE.items()
            if issubclass(document, agare)
            for falt in falten
        }
        telling = {
            falt
            for falt, info in document.model_fields.items()
            if falt in TELLING or any(TELLING & set(d.model_fields) for d in delar(info.annotation))
        }
        assert listed == telling, document


def test_what_takes_a_protected_field_s_place_is_a_value_of_it() -> None:
    for document, falten in SKYDDADE.items():
        example = dokument("uppdrag.upprattat" if "kontaktuppgifter" in falten else PLAN)
        whole = next(typ for typ in HANDELSER.values() if issubclass(typ, document))
        emptied = {
            **example,
            **{falt: json.loads(json.dumps(tomt)) for falt, tomt in falten.items()},
        }
        read: Dokument = whole.model_validate_json(json.dumps(emptied))
        assert all(getattr(read, falt) == tomt for falt, tomt in falten.items())


def test_protection_that_nobody_stated_counts_as_protection() -> None:
    assert skyddad([Kontakt(namn="Eva Test", adress=HEMLIGT)])
    assert skyddad([Person(personnummer=BARN["personnummer"], namn="Alva Test")])
    assert not skyddad([])
    assert not skyddad([Kontakt(namn="Eva Test", skydd="ingen")])


@pytest.mark.parametrize("insatstyp", INSATSTYPER)
@pytest.mark.parametrize("who", ["barn", "foraldrar", "kontaktuppgifter", None])
@pytest.mark.parametrize("skydd", [*NIVAER, None])
def test_an_address_leaves_only_when_nobody_is_protected(
    insatstyp: str, who: str | None, skydd: str | None
) -> None:
    data: dict[str, list[dict[str, str]]] = {
        "barn": [dict(BARN)],
        "foraldrar": [dict(FORALDER)],
        "kontaktuppgifter": [dict(KONTAKT)],
    }
    for one in data.get(who or "", []):
        del one["skydd"]
        if skydd is not None:
            one["skydd"] = skydd
    changed = {**data, "barn": data["barn"][0], "insatstyp": insatstyp, "mottagare": MOTTAGARE}
    event = handelse("uppdrag.upprattat", kontaktuppgifter_saknas_for=None, **changed)
    plan = planera(parse_event(event))
    open_ = who is None or skydd == INGEN
    assert (HEMLIGT in sent(plan), TELEFON in sent(plan)) == (open_, open_)
    told = [varning.kod for varning in plan.varningar if varning.vikt == "lag"]
    assert told == ([] if open_ else ["skydd.kontaktuppgifter"])
    # That someone is protected is itself the answer to how they are reached (B:18).
    assert [one.hinder for one in plan.uppgifter] == [None]


@pytest.mark.parametrize("typ", ["genomforandeplan.faststalld", "genomforandeplan.aterlamnad"])
@pytest.mark.parametrize("skydd", NIVAER)
def test_a_hvb_plan_needs_the_schooling_that_protection_takes_away(typ: str, skydd: Skydd) -> None:
    barn = {**BARN, "skydd": skydd}
    hvb = {**HVB_PLAN, "insatstyp": "hvb", "rapportering": None}
    event = parse_event(handelse(typ, barn=barn, **hvb))
    (one,) = planera(event).uppgifter
    assert one.hinder == (None if skydd == INGEN else "skyddade_uppgifter")
    assert (HVB_PLAN["skolgang"] in one.uppgift.model_dump_json()) == (skydd == INGEN)
    (lifted,) = planera(event, {"plan.hvb.skolgang"}).uppgifter
    assert lifted.hinder is None


@pytest.mark.parametrize("insatstyp", ["kontaktfamilj", "oppenvard", "familjehem"])
def test_where_no_rule_needs_the_schooling_it_is_left_out_and_the_plan_goes(insatstyp: str) -> None:
    plan = {**HVB_PLAN, "insatstyp": insatstyp, "barn": {**BARN, "skydd": "okand"}}
    (one,) = planera(parse_event(handelse(PLAN, **plan))).uppgifter
    assert one.hinder is None
    assert HVB_PLAN["skolgang"] not in one.uppgift.model_dump_json()


def test_the_examples_state_everyones_protection() -> None:
    def persons(node: Any) -> Any:
        if isinstance(node, dict):
            if "personnummer" in node or {"adress", "telefon"} & set(node):
                yield node
            for child in node.values():
                yield from persons(child)
        elif isinstance(node, list):
            for child in node:
                yield from persons(child)

    for path in (Path(__file__).parents[2] / "examples").glob("*.ndjson"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert all("skydd" in person for person in persons(json.loads(line)["data"])), path
