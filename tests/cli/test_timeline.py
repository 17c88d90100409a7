"""A case's timeline as it is printed, by `case show` and by the demo."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bbic_bridge.cli.timeline import rows
from bbic_bridge.services.views.accepting import Violation
from bbic_bridge.services.views.cases import CaseView, StepView

AT = datetime(2026, 1, 1, 10, tzinfo=UTC)


def event(row: str, name: str, *warnings: Violation) -> StepView:
    full = f"se.bbic.{name}"
    return StepView(AT, "event", full, "received", "/handbok", f"id-{row}", row, warnings=warnings)


def news(row: str, name: str) -> StepView:
    return StepView(AT, "vendor", f"se.bbic.{name}", "told", "urn:bbic-bridge:malmo", row, row)


def delivery(row: str, delivery_id: str, operation: str, state: str, **more: Any) -> StepView:
    step = StepView(AT, "delivery", operation, state, "/handbok", f"id-{row}", row, delivery_id)
    return replace(step, **more)


def table(*steps: StepView) -> list[tuple[object, ...]]:
    return [row[1:] for row in rows(CaseView("malmo", "A-1", steps, (), ()))]


def test_each_delivery_stands_with_the_event_that_it_comes_from() -> None:
    assert table(
        event("E1", "beslut.fattat"),
        delivery("E1", "D1", "registrera_beslut", "failed", detail="rejected X", waiting_behind=2),
        event("E2", "insats.startad"),
        news("N1", "uppdrag.mottaget"),
        event("E3", "beslut.fattat"),
        delivery("E3", "D3", "registrera_beslut", "verified"),
    ) == [
        ("beslut.fattat", "registrera_beslut", "failed", "rejected X; 2 waiting behind it", "D1"),
        ("insats.startad", "", "", "", ""),
        ("uppdrag.mottaget", "told by the vendor", "", "", ""),
        ("beslut.fattat", "registrera_beslut", "verified", "", "D3"),
    ]


def test_further_deliveries_and_the_warnings_stand_beneath() -> None:
    assert list(
        rows(
            CaseView(
                "malmo",
                "A-1",
                (
                    event("E1", "uppdrag.upprattat", Violation("/data/mal", "should be named")),
                    delivery("E1", "D1", "registrera_dokument", "verified"),
                    delivery(
                        *("E1", "D2", "vidarebefordra_uppdrag", "waiting"),
                        waits_for=("beslut_registrerat:B1", "resurs_registrerad:R1"),
                        behind="D0",
                    ),
                ),
                (),
                (),
            )
        )
    ) == [
        (AT, "uppdrag.upprattat", "registrera_dokument", "verified", "", "D1"),
        (
            *("", "", "vidarebefordra_uppdrag", "waiting"),
            "waits for beslut_registrerat:B1, resurs_registrerad:R1 (behind D0)",
            "D2",
        ),
        ("", "", "", "warning", "/data/mal: should be named", ""),
    ]
