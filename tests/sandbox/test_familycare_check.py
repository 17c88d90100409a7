"""The comparison with the public contract finds what differs."""

import pytest

from tests.sandbox.check_familycare_contract import Contract

ROW = {
    "type": "object",
    "properties": {
        "Id": {"type": "integer"},
        "Amount": {"type": "number"},
        "At": {"type": "string", "format": "date-time"},
        "CoApplicant": {"type": "boolean"},
    },
}
LIST = {"type": "array", "items": {"$ref": "#/definitions/Row"}}
GOOD = {"Id": 1, "Amount": 2.5, "At": "2026-01-31T00:00:00", "CoApplicant": None}


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({}, None),
        ({"Amount": 2}, None),
        ({"Id": "1"}, "/0/Id: str where integer was promised"),
        ({"Id": True}, "/0/Id: bool where integer was promised"),
        ({"CoApplicant": 0}, "/0/CoApplicant: int where boolean was promised"),
        ({"At": "2026-01-31"}, "/0/At: not yyyy-MM-ddTHH:mm:ss"),
        ({"Name": "x"}, "/0/Name: unknown"),
    ],
)
def test_each_difference_is_told(changed: dict[str, object], difference: str | None) -> None:
    contract = Contract({"paths": {}, "definitions": {"Row": ROW}})
    found = list(contract.differences([GOOD | changed], LIST, ""))
    assert found == ([difference] if difference else [])


def test_a_missing_field_is_told() -> None:
    contract = Contract({"paths": {}, "definitions": {"Row": ROW}})
    row = {name: value for name, value in GOOD.items() if name != "Id"}
    assert list(contract.differences([row], LIST, "")) == ["/0/Id: missing"]
