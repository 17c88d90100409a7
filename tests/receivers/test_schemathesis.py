"""Whatever the published description allows, and much that it does not: never a fault of ours.

The real app on a real store and in a real server; requests are made from ``/openapi.json``.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.receivers import create_app
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.security.signatures import signed_headers
from bbic_bridge.services import upkeep
from bbic_bridge.settings import Limits
from tests.handbook.minsta import BARN, handelse
from tests.receivers.conftest import SETTINGS
from tests.receivers.fake import EXEMPEL, MALMO, NOW, OTHER, FakeDesk, as_json, bearer
from tests.receivers.serving import served

DESCRIBED = create_app(desk=FakeDesk(SETTINGS, NOW)).openapi()
OPERATIONS = [
    pytest.param(method, path, mode, id=f"{method} {path} {mode.value}")
    for path, methods in sorted(DESCRIBED["paths"].items())
    for method, described in methods.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & described.keys()
]
SECRETS = {
    "/v1/events": OTHER,
    "/v1/webhooks/procapita/{kommun}": MALMO,
    "/v1/webhooks/treserva/{kommun}": EXEMPEL,
}
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
EXAMPLES = 25


KOMMUNER = {
    name: kommun.model_copy(update={"domain": "IFO", "key": SecretStr("key")})
    for name, kommun in SETTINGS.kommun.items()
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    configured = SETTINGS.model_copy(
        update={
            "base": tmp_path_factory.mktemp("bridge"),
            "master_key": SecretStr(new_root_key()),
            "index_key": SecretStr(new_root_key()),
            "kommun": KOMMUNER,
            "limits": Limits(body_bytes=100_000),
        }
    )
    upkeep.migrate(configured)
    with closing(bootstrap(configured)) as bridge, served(create_app(bridge)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        body = as_json(handelse("beslut.fattat"))
        signed = signed_headers(OTHER, "first", datetime.now(UTC), body)
        headers = {"content-type": "application/cloudevents+json", **signed}
        assert client.post("/v1/events", content=body, headers=headers).status_code == 202
        yield client


def body_of(request: Mapping[str, Any]) -> bytes:
    """What the case sends, as bytes: these are what is signed."""
    if "json" in request:
        return json.dumps(request["json"]).encode()
    data = request.get("data", b"")
    return data if isinstance(data, bytes) else str(data).encode("utf-8", "replace")


def plausible(value: Any, kommun: str = "malmo") -> Any:
    """The same with a known kommun and people who could be, to get past the first checks."""
    if isinstance(value, list):
        return [plausible(one, kommun) for one in value]
    if not isinstance(value, dict):
        return value
    known = {
        "kommun": kommun,
        "personnummer": BARN["personnummer"],
        "tidigare_personnummer": [],
        "subject": "ARENDE-1",
        "arende": "ARENDE-1",
    }
    return {name: known.get(name, plausible(one, kommun)) for name, one in value.items()}


def ask(client: httpx.Client, case: Case) -> httpx.Response:
    """Sends what was made up, as one whose signature and token are good."""
    request = case.as_transport_kwargs(base_url=str(client.base_url))
    body = body_of(request)
    headers = {name.lower(): str(value) for name, value in request["headers"].items()}
    headers |= bearer("admin")
    if secret := SECRETS.get(case.path):
        headers |= signed_headers(secret, "msg", datetime.now(UTC), body)
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return client.request(
        case.method, request["url"], params=request.get("params"), content=body, headers=encoded
    )


@pytest.mark.parametrize(("method", "path", "mode"), OPERATIONS)
def test_no_request_is_a_fault_of_ours(
    client: httpx.Client, method: str, path: str, mode: GenerationMode
) -> None:
    cases = SCHEMA[path][method.upper()].as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=cases, better=st.booleans())
    def no_fault(case: Case, better: bool) -> None:
        if better:
            case.body = plausible(case.body)
            kommun = "exempel" if "treserva" in path else "malmo"
            case.path_parameters = plausible(case.path_parameters, kommun)
        answer = ask(client, case)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code < 500

    no_fault()
