import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from bbic_bridge.handbook.handelser import HANDELSER, TILL_WORKFLOW, Ogiltig, parse_event, schema
from bbic_bridge.handbook.regler import planera
from tests.handbook.minsta import BARN, DELTAGARE, MAL, TYPER, dokument, handelse
from tests.handbook.utdrag import INTERIM

SENTINEL = "HEMLIGT-201605032380"
FRIVILLIGT = {
    ("beslut.fattat", "fran"),
    ("insats.avsluta", "avslutsbeslut_id"),
    ("insats.avsluta", "resurs_id"),
    ("planeringsmote.genomfort", "insats_id"),
    ("uppstartsmote.genomfort", "insats_id"),
    ("uppfoljningsmote.genomfort", "insats_id"),
    ("genomforandeplan.faststalld", "rapportering"),
    ("genomforandeplan.aterlamnad", "rapportering"),
    ("uppfoljning.dokumenterad", "mal_kommande_period"),
    *(
        (typ, falt)
        for typ in ("uppdrag.upprattat", "uppdrag.reviderat")
        for falt in (
            *("centrala_behov", "mottaglighet", "genomforande"),
            "kontaktuppgifter_saknas_for",
        )
    ),
}
WRONG: tuple[Any, ...] = (SENTINEL, 17, 1.5, True, [SENTINEL], {SENTINEL: SENTINEL}, [[]], "")


def refused(event: dict[str, Any]) -> Ogiltig:
    with pytest.raises(Ogiltig) as error:
        parse_event(event)
    return error.value


def refusal(event: dict[str, Any]) -> Ogiltig | None:
    try:
        planera(parse_event(event))
    except Ogiltig as error:
        return error
    return None


def pointers(event: dict[str, Any]) -> list[str]:
    return [one.pointer for one in refused(event).violations]


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, child in children:
        yield (*path, key)
        yield from leaves(child, (*path, key))


def with_value(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(node))
    target = copy
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return copy


@pytest.mark.parametrize("name", ["id", "source"])
def test_an_attribute_that_is_shown_holds_none_of_the_documents_numbers(name: str) -> None:
    event = {**handelse("insats.startad"), name: f"hb/{BARN['personnummer'][2:8]}-2398"}
    assert BARN["personnummer"].endswith("2398")
    with pytest.raises(Ogiltig) as error:
        parse_event(event)
    assert [one.pointer for one in error.value.violations] == [f"/{name}"]


def test_every_event_type_has_a_document_and_a_minimal_example() -> None:
    assert {typ.removeprefix("se.bbic.") for typ in HANDELSER} == set(TYPER)
    assert len(HANDELSER) == 37
    assert len(TILL_WORKFLOW) == 16
    assert set(HANDELSER) & TILL_WORKFLOW == {"se.bbic.uppdrag.aterkallat"}


@pytest.mark.parametrize("typ", TYPER)
def test_a_document_comes_back_as_it_was_sent(typ: str) -> None:
    read = parse_event(handelse(typ))
    assert isinstance(read.data, HANDELSER[read.type])
    assert read.data.model_dump(mode="json", exclude_unset=True) == dokument(typ)
    assert type(read.data).model_validate_json(read.data.model_dump_json()) == read.data


def test_attributes_are_typed() -> None:
    read = parse_event(handelse("insats.startad"))
    assert (read.source, read.id, read.subject) == (
        "/handbok/test",
        "handelse-insats.startad",
        "ARENDE-1",
    )
    assert read.time == datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=1)))
    assert read.data.model_dump()["datum"] == date(2026, 3, 3)


@pytest.mark.parametrize("typ", TYPER)
def test_each_required_field_is_named_when_missing(typ: str) -> None:
    document = HANDELSER[f"se.bbic.{typ}"]
    for name, field in document.model_fields.items():
        if not field.is_required():
            continue
        event = handelse(typ)
        del event["data"][name]
        (violation,) = refused(event).violations
        assert (violation.pointer, violation.message) == (f"/data/{name}", "Uppgiften saknas.")
        assert refused(event).code == "invalid_document"


@pytest.mark.parametrize("typ", TYPER)
def test_what_is_demanded_is_what_the_smallest_document_holds(typ: str) -> None:
    fields = HANDELSER[f"se.bbic.{typ}"].model_fields
    required = {name for name, field in fields.items() if field.is_required()}
    assert required == {name for name in dokument(typ) if (typ, name) not in FRIVILLIGT}


@pytest.mark.parametrize("typ", TYPER)
def test_a_field_too_many_is_named(typ: str) -> None:
    assert pointers(handelse(typ, extra=SENTINEL)) == ["/data/extra"]


@pytest.mark.parametrize("typ", TYPER)
def test_a_wrong_value_is_pointed_at_and_never_repeated(typ: str) -> None:
    data = dokument(typ)
    for path in leaves(data):
        for value in WRONG:
            error = refusal({**handelse(typ), "data": with_value(data, path, value)})
            if error is None:
                continue
            assert SENTINEL not in f"{error} {error.violations}"
            assert all(one.pointer.startswith("/data") for one in error.violations)
            assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.parametrize(
    ("typ", "field", "value", "where"),
    [
        ("beslut.fattat", "schema_version", True, "/data/schema_version"),
        ("beslut.fattat", "schema_version", 1.0, "/data/schema_version"),
        ("beslut.fattat", "schema_version", 2, "/data/schema_version"),
        ("beslut.fattat", "beslutsdatum", "1767225600", "/data/beslutsdatum"),
        ("beslut.fattat", "beslutsdatum", "2026-02-30", "/data/beslutsdatum"),
        ("beslut.fattat", "beslutsdatum", "2026-02-15T00:00:00", "/data/beslutsdatum"),
        ("beslut.fattat", "beslutsdatum", "0026-02-15", "/data/beslutsdatum"),
        ("beslut.fattat", "insatstyp", "kontakt", "/data/insatstyp"),
        ("beslut.fattat", "beslut_id", "B 1", "/data/beslut_id"),
        ("beslut.fattat", "beslut_id", "x" * 49, "/data/beslut_id"),
        ("beslut.fattat", "beslut_id", "B-20200101-2398", "/data/beslut_id"),
        ("beslut.fattat", "beslut_id", "200101.2398", "/data/beslut_id"),
        ("beslut.fortsatt_bistand", "ersatter", "202001012398", "/data/ersatter"),
        ("uppdrag.upprattat", "insats_id", "I:198901012396", "/data/insats_id"),
        (
            "uppdrag.upprattat",
            "mal",
            [MAL[0], {"mal_id": "M-200101-2398", "text": "Mål."}],
            "/data/mal/1/mal_id",
        ),
        ("beslut.fattat", "beslutsfattare", " ", "/data/beslutsfattare"),
        ("beslut.fattat", "beslutsfattare", "x" * 201, "/data/beslutsfattare"),
        ("beslut.fattat", "motivering", "a\x00b", "/data/motivering"),
        ("beslut.fattat", "motivering", "x" * 20_001, "/data/motivering"),
        ("resurs.tilldela", "omfattning", True, "/data/omfattning"),
        ("resurs.tilldela", "omfattning", "50", "/data/omfattning"),
        ("resurs.tilldela", "omfattning", 101, "/data/omfattning"),
        ("resurs.tilldela", "omfattning", 0, "/data/omfattning"),
        ("uppstartsmote.genomfort", "anteckning", "x" * 6_001, "/data/anteckning"),
        ("uppstartsmote.genomfort", "deltagare", DELTAGARE[:1] * 41, "/data/deltagare"),
        (
            "uppdrag.upprattat",
            "mal",
            [{"mal_id": f"M{number}", "text": "Mål."} for number in range(51)],
            "/data/mal",
        ),
        ("aktanteckning.skriven", "handelsetid", "2026-04-10T09:00:00", "/data/handelsetid"),
        ("aktanteckning.skriven", "handelsetid", "1775811600", "/data/handelsetid"),
        ("uppdrag.upprattat", "behov_av_sip", "ja", "/data/behov_av_sip"),
        ("uppdrag.upprattat", "mal", [], "/data/mal"),
        ("uppdrag.upprattat", "mal", MAL + MAL, "/data/mal"),
        (
            "uppdrag.upprattat",
            "mal",
            [{**MAL[0], "omraden": ["halsa", "annat"]}],
            "/data/mal/0/omraden/1",
        ),
        ("uppdrag.upprattat", "barn", {**BARN, "skydd": "vet_ej"}, "/data/barn/skydd"),
        (
            "uppdrag.upprattat",
            "foraldrar",
            [{**BARN, "personnummer": "202001012399"}],
            "/data/foraldrar/0/personnummer",
        ),
        ("kopia.lamnad", "mottagare", [], "/data/mottagare"),
    ],
)
def test_nothing_is_guessed(typ: str, field: str, value: object, where: str) -> None:
    assert pointers(handelse(typ, **{field: value})) == [where]


@pytest.mark.parametrize("beslut_id", ["B-20261120-0001", "2026-000123", "201605032380"])
def test_an_id_made_of_date_and_serial_number_is_no_persons(beslut_id: str) -> None:
    read = parse_event(handelse("beslut.fattat", beslut_id=beslut_id))
    assert read.data.model_dump()["beslut_id"] == beslut_id


def test_an_interim_number_inside_an_id_is_found() -> None:
    barn = {**BARN, "personnummer": "20160503-T123"}
    assert pointers(handelse("insats.startad", barn=barn, insats_id="I-160503-T123")) == [
        "/data/insats_id"
    ]


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_data_is_one_document(data: object) -> None:
    error = refused({**handelse("insats.startad"), "data": data})
    assert error.code == "invalid_document"
    assert [one.pointer for one in error.violations] == ["/data"]


def test_text_that_is_not_unicode_and_endless_nesting_are_refused() -> None:
    nested: dict[str, Any] = {}
    for _ in range(500):
        nested = {"a": nested}
    assert pointers(handelse("insats.startad", extra=nested)) == ["/data"]
    assert pointers(handelse("arende.aktualiserat", orsak="\ud800")) == ["/data"]
    assert pointers(handelse("insats.startad", **{"201605032380": 1})) == ["/data"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("20200101-2398", "202001012398"),
        ("200101-2398", "202001012398"),
        ("2001012398", "202001012398"),
        ("260104+9030", "192601049030"),
        ("20090468-2390", "200904682390"),
        ("20160503-T123", INTERIM[0]),
    ],
)
def test_the_childs_number_is_canonical_as_of_the_events_time(written: str, canonical: str) -> None:
    event = handelse("insats.startad", barn={**BARN, "personnummer": written})
    assert parse_event(event).data.barn.personnummer == canonical


def test_texts_are_kept_byte_for_byte() -> None:
    text = "  Åäö\u00a0\u2013 e\u0301\t\r\n\u200d\U0001f33b  "
    read = parse_event(handelse("uppdrag.upprattat", mal=[{"mal_id": "M1", "text": text}]))
    assert read.data.model_dump()["mal"][0]["text"] == text


def test_unknown_protection_is_the_default() -> None:
    barn = {key: value for key, value in BARN.items() if key != "skydd"}
    assert parse_event(handelse("insats.startad", barn=barn)).data.barn.skydd == "okand"


def test_no_representation_holds_personal_data() -> None:
    read = parse_event(handelse("uppdrag.upprattat"))
    shown = f"{read!r} {read.data} {read.data.barn!r} {planera(read)!r}"
    for secret in ("20200101", "Alva", "litar"):
        assert secret not in shown


@pytest.mark.parametrize("typ", TYPER)
def test_the_schema_tells_what_is_required(typ: str) -> None:
    told = schema(typ)
    assert told == schema(f"se.bbic.{typ}")
    assert told["$id"] == f"se.bbic.{typ}"
    assert told["additionalProperties"] is False
    fields = HANDELSER[f"se.bbic.{typ}"].model_fields
    assert set(told["required"]) == {name for name, field in fields.items() if field.is_required()}
    assert json.loads(json.dumps(told)) == told


def test_there_is_no_schema_for_what_the_bridge_itself_tells() -> None:
    with pytest.raises(KeyError):
        schema("leverans.verifierad")
