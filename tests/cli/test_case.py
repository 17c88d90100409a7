"""`case show` ends with 1 where the case needs somebody, with 0 where it does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from bbic_bridge.bootstrap import utc_now
from bbic_bridge.delivery.errors import Ambiguous
from tests.cli.conftest import Office
from tests.handbook.minsta import BARN, DELTAGARE, handelse

ARENDE = "ARENDE-1"


def shown(office: Office) -> int:
    """The exit code, the same for people and for programs."""
    told, as_json = (office.cli("case", "show", ARENDE, *words) for words in ((), ("--json",)))
    assert told.out.startswith(f"Case {ARENDE}")
    assert as_json.document["needs_person"] == bool(as_json.code)
    assert told.code == as_json.code
    return told.code


def decided(day: date) -> dict[str, Any]:
    """A decision of a day; no kind of insats that matchning is asked of."""
    return handelse("beslut.fattat", insatstyp="oppenvard", beslutsdatum=day.isoformat())


@pytest.fixture
def today() -> date:
    return utc_now().date()


def test_a_case_that_goes_well_needs_nobody(office: Office, today: date) -> None:
    office.send(decided(today), handelse("aktanteckning.skriven"))
    assert shown(office) == 0
    office.work()
    assert {one["state"] for one in office.deliveries()} == {"verified"}
    assert shown(office) == 0


def test_a_refused_delivery_needs_somebody_until_it_is_done(office: Office, today: date) -> None:
    office.send(decided(today))
    office.refuse()
    office.work()
    assert shown(office) == 1
    office.cli("replay", office.delivery("registrera_beslut")["id"])
    office.work()
    assert shown(office) == 0


def test_a_delivery_that_is_with_a_person_needs_one(office: Office, today: date) -> None:
    another = {**BARN, "personnummer": "198901012396"}
    office.send(decided(today), handelse("aktanteckning.skriven", barn=another))
    assert office.delivery("skapa_aktanteckning")["state"] == "with_person"
    assert shown(office) == 1


def test_a_delivery_that_may_have_happened_needs_somebody(
    office: Office, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__SETTLE_S", "60")
    office.send(decided(today))
    office.vendor.trouble.append((Ambiguous("timeout"), False))
    office.work()
    assert office.delivery("registrera_beslut")["state"] == "ambiguous"
    assert shown(office) == 1


@pytest.mark.parametrize(("days", "code"), [(60, 0), (100, 1)])
def test_an_overdue_limit_needs_somebody(office: Office, today: date, days: int, code: int) -> None:
    office.send(decided(today - timedelta(days=days)))
    assert shown(office) == code


def test_what_deviates_needs_somebody_until_it_is_explained(office: Office, today: date) -> None:
    def meeting(day: int, **data: Any) -> dict[str, Any]:
        event = handelse("uppstartsmote.genomfort", tid=f"{today}T00:00:00Z", **data)
        return event | {"id": f"E-{day}", "time": f"2026-11-{day}T12:00:00+01:00"}

    office.send(meeting(11))
    assert shown(office) == 0
    office.send(meeting(12, deltagare=DELTAGARE[1:]))
    assert shown(office) == 1
    office.send(meeting(13, deltagare=DELTAGARE[1:], barnet_deltog_inte_for="Olämpligt."))
    assert shown(office) == 0
