"""Whatever a message may hold comes back as it was, through real bytes and both profiles."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.handbook.stockholm import STOCKHOLM
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.mappings.engine import load
from bbic_bridge.mappings.messages import OPERATIONER
from bbic_bridge.mappings.shapes import Shape, shape_of
from tests.mappings.cases import MESSAGES

NUMBERS = ("201401012396", "198300662395", "20140101T123", "20140101TF12")
XML_TEXT = st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n\r")
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)
TEXTS = st.text(XML_TEXT, min_size=1, max_size=200)
MOMENTS = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
DEPENDENT = frozenset({"vendor.ersatter", "vendor.insats", "vendor.resurstilldelning"})
NEVER_EMPTY = frozenset({"centrala_behov"})
ID_NAMES = re.compile(r"referens|ersatter|kind|nasta|efter|vendor\..*|.*_id")


def in_stockholm(moment: datetime) -> str:
    """As the local clock tells it, once; so that both profiles give the same text back."""
    local = moment.astimezone(STOCKHOLM).replace(fold=0, microsecond=0)
    return local.isoformat()


def moments(name: str) -> st.SearchStrategy[str]:
    if name.endswith("handelsetid"):
        return MOMENTS.filter(lambda at: not at.astimezone(STOCKHOLM).fold).map(in_stockholm)
    return MOMENTS.map(lambda at: at.isoformat().replace("+00:00", "Z"))


def value(name: str, shape: Shape) -> st.SearchStrategy[Any]:
    if shape.each is not None:
        return st.lists(content(shape.each), min_size=1, max_size=3)
    simple: Mapping[str, st.SearchStrategy[Any]] = {
        "text": IDS if ID_NAMES.fullmatch(name) else TEXTS,
        "date": DATES,
        "datetime": moments(name),
        "int": st.integers(1, 100),
        "bool": st.booleans(),
        "code": st.sampled_from(sorted(shape.values) or ["-"]),
        "personnummer": st.sampled_from(NUMBERS),
    }
    single = simple[shape.type] if name != "kod" else st.just("OPPEN_RESURS")
    least = 1 if name in NEVER_EMPTY else 0
    return st.lists(single, min_size=least, max_size=3) if shape.many else single


def content(shapes: Mapping[str, Shape]) -> st.SearchStrategy[dict[str, Any]]:
    required = {name: value(name, shape) for name, shape in shapes.items() if shape.required}
    optional = {name: value(name, shape) for name, shape in shapes.items() if not shape.required}
    return st.fixed_dictionaries(required, optional=optional).map(nested)


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"barn.namn": 1}`` as ``{"barn": {"namn": 1}}``."""
    out: dict[str, Any] = {}
    for name, one in flat.items():
        *outer, last = name.split(".")
        node = out
        for step in outer:
            node = node.setdefault(step, {})
        node[last] = one
    return out


def mapped_shapes(profile: str, message: str) -> dict[str, Shape]:
    """The fields that the profile maps, but not those that need another optional one."""
    shapes = dict(shape_of(message) or {})
    mapped = {step.name for step in load(profile)._messages[message].plan.steps}
    left_out = DEPENDENT if message in OPERATIONER else frozenset()
    return {name: shape for name, shape in shapes.items() if name in mapped - left_out}


@pytest.mark.parametrize(
    ("profile", "message"), [pair for pair in MESSAGES if pair[1] != "andringar"]
)
@given(st.data())
@settings(max_examples=15, deadline=None)
def test_what_is_built_is_read_back(profile: str, message: str, data: st.DataObject) -> None:
    told = data.draw(content(mapped_shapes(profile, message)))
    if message.startswith("andring/"):
        told["kind"] = message.removeprefix("andring/")
    mapped = load(profile)
    body = mapped.to_bytes(mapped.build(message, told))
    element = parse_untrusted(body)
    assert mapped.message_of(element) == message
    assert mapped.parse(message, element) == told


@pytest.mark.parametrize("operation", UPPGIFTER)
@pytest.mark.parametrize("profile", sorted({profile for profile, _ in MESSAGES}))
@given(st.data())
@settings(max_examples=15, deadline=None)
def test_an_uppgift_survives_as_the_model_that_it_was(
    profile: str, operation: str, data: st.DataObject
) -> None:
    model = UPPGIFTER[operation]
    mapped = load(profile)
    message = "/".join(filter(None, (operation, mapped.effects(operation)[0])))
    told = data.draw(content(mapped_shapes(profile, message)))
    own = {name: told[name] for name in model.model_fields if name in told}
    uppgift = model.model_validate_json(json.dumps(own))
    built = mapped.build(message, {**told, **uppgift.model_dump(mode="json")})
    read = mapped.parse(message, built)
    again = {name: read[name] for name in model.model_fields if name in read}
    assert model.model_validate_json(json.dumps(again)) == uppgift
