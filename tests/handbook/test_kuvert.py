from typing import Any

import pytest

from bbic_bridge.handbook.handelser import Ogiltig, parse_event
from bbic_bridge.handbook.kuvert import Overtradelse, pointer
from tests.handbook.minsta import handelse

NUMBER = "201605032380"


def refused(raw: object) -> Ogiltig:
    with pytest.raises(Ogiltig) as error:
        parse_event(raw)
    return error.value


def changed(**attributes: Any) -> dict[str, Any]:
    event = {**handelse("insats.startad"), **attributes}
    return {name: value for name, value in event.items() if value is not ...}


@pytest.mark.parametrize(
    "name", ["specversion", "id", "source", "type", "time", "subject", "kommun"]
)
def test_every_attribute_is_required(name: str) -> None:
    for missing in (changed(**{name: ...}), changed(**{name: None})):
        error = refused(missing)
        assert error.code == "invalid_event"
        assert error.violations == (Overtradelse(f"/{name}", "is required"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "0.3"),
        ("specversion", 1.0),
        ("id", ""),
        ("id", 7),
        ("id", "x" * 201),
        ("source", "a\nb"),
        ("type", ["se.bbic.insats.startad"]),
        ("time", "2026-11-20T12:00:00"),
        ("time", "2026-11-20"),
        ("time", "1700000000"),
        ("time", 1700000000),
        ("time", "2026-02-30T12:00:00Z"),
        ("time", "0001-01-01T00:00:00+14:00"),
        ("subject", "två ord"),
        ("subject", f"A-{NUMBER}"),
        ("subject", "160503-2380"),
        ("kommun", "Malmö"),
        ("kommun", "../x"),
        ("datacontenttype", "application/xml"),
        ("dataschema", ""),
        ("data_base64", "e30="),
        ("spar", {"a": 1}),
        ("spar", 1.5),
        ("spar", "x" * 201),
        ("Spar", "x"),
    ],
)
def test_a_wrong_attribute_is_named_and_not_repeated(name: str, value: object) -> None:
    error = refused(changed(**{name: value}))
    assert error.code == "invalid_event"
    assert [one.pointer for one in error.violations] == [f"/{name}"]
    assert NUMBER not in str(error.violations) + str(error)


@pytest.mark.parametrize(
    "extra",
    [
        {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        {"prioritet": 3, "prov": True},
        {"datacontenttype": "application/json; charset=utf-8"},
        {"datacontenttype": ..., "dataschema": "https://handbok.example/insats"},
        {"dataschema": None},
        {"time": "2026-11-20T11:00:00.123Z"},
        {"subject": "3f2c1605-0323-4807-8709-201605032380"},
    ],
)
def test_cloudevents_freedoms_are_kept(extra: dict[str, Any]) -> None:
    assert parse_event(changed(**extra)).kommun == "malmo"


@pytest.mark.parametrize("raw", [None, [], "{}", 1])
def test_what_is_no_object_is_no_event(raw: object) -> None:
    assert refused(raw).violations == (Overtradelse("", "must be one CloudEvent, a JSON object"),)


@pytest.mark.parametrize(
    "typ", ["se.bbic.beslut.registrerat", "se.bbic.okand", "beslut.fattat", "SE.BBIC.BESLUT.FATTAT"]
)
def test_an_unknown_type_is_its_own_fault(typ: str) -> None:
    error = refused(changed(type=typ, kommun=...))
    assert error.code == "unknown_type"
    assert [one.pointer for one in error.violations] == ["/type", "/kommun"]


def test_all_violations_of_envelope_and_document_come_at_once() -> None:
    event = handelse("insats.startad", datum="i går", insats_id=None) | {
        "time": "nyss",
        "kommun": 1,
    }
    error = refused(event)
    assert error.code == "invalid_event"
    assert [one.pointer for one in error.violations] == [
        "/time",
        "/kommun",
        "/data/insats_id",
        "/data/datum",
    ]


def test_a_name_that_is_no_name_of_ours_is_not_told() -> None:
    error = refused(changed(**{f"{NUMBER}": 1.5, "Två Ord": 1, "a_b": 1}))
    assert sorted(one.pointer for one in error.violations) == ["", "", "/a_b"]
    assert pointer("data", NUMBER, "x") == pointer("data", "s" + NUMBER) == "/data"
    assert pointer("data", "mal", 3, "mal_id") == "/data/mal/3/mal_id"
