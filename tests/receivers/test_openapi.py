"""The description tells all that the app does, also of bodies that are read raw."""

import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bbic_bridge.handbook.handelser import HANDELSER

pytestmark = pytest.mark.anyio
REFERENCE = re.compile(r'"\$ref": "#/components/schemas/([^"]+)"')


@pytest.fixture
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


async def test_the_description_is_served(
    client: httpx.AsyncClient, described: dict[str, Any]
) -> None:
    answer = await client.get("/openapi.json")
    assert answer.json() == described
    assert set(described["paths"]) == {
        "/v1/events",
        "/v1/webhooks/procapita/{kommun}",
        "/v1/webhooks/treserva/{kommun}",
        "/v1/totals",
        "/v1/cases/{arende}",
        "/v1/deliveries",
        "/v1/deliveries/{delivery_id}",
        "/v1/deliveries/{delivery_id}/replay",
        "/livez",
        "/readyz",
        "/metrics",
    }


async def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    named = set(REFERENCE.findall(json.dumps(described)))
    assert named <= set(described["components"]["schemas"])


async def test_every_event_type_s_document_is_described(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    _, kinds = schemas["HandbookEvent"]["allOf"]
    documents = {
        kind["properties"]["type"]["const"]: kind["properties"]["data"]["$ref"].split("/")[-1]
        for kind in kinds["oneOf"]
    }
    assert documents == {name: model.__name__ for name, model in HANDELSER.items()}
    assert "beslut_id" in schemas["BeslutFattat"]["required"]


async def test_a_content_point_s_name_and_source_are_described(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    point = schemas["UppdragUpprattat"]["properties"]["bedomning"]
    assert point["title"] == "Nämndens bedömning av barnets behov"
    assert point["kalla"].startswith("B:20")
    fault = {"pointer", "detail", "namn", "kalla", "vikt", "kod"}
    assert set(schemas["Fault"]["properties"]) == fault
    assert set(schemas["Fault"]["required"]) == {"pointer", "detail"}


@pytest.mark.parametrize(
    ("path", "media_types"),
    [
        (
            "/v1/events",
            {
                "application/cloudevents+json",
                "application/cloudevents-batch+json",
                "application/json",
            },
        ),
        ("/v1/webhooks/treserva/{kommun}", {"application/xml", "text/xml"}),
    ],
)
async def test_bodies_that_are_read_raw_are_described(
    described: dict[str, Any], path: str, media_types: set[str]
) -> None:
    operation = described["paths"][path]["post"]
    assert set(operation["requestBody"]["content"]) == media_types
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    assert headers == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert {"202", "400", "401", "413", "415", "503"} <= set(operation["responses"])


async def test_bad_parameters_are_not_described_as_the_framework_s_422(
    described: dict[str, Any],
) -> None:
    responses = described["paths"]["/v1/deliveries"]["get"]["responses"]
    assert "422" not in responses
    assert "application/problem+json" in responses["400"]["content"]


@pytest.mark.parametrize("url", ["/docs", "/redoc"])
async def test_no_page_loads_scripts_from_elsewhere(client: httpx.AsyncClient, url: str) -> None:
    assert (await client.get(url)).status_code == 404
