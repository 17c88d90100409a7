"""Compares the sandbox's FamilyCare answers with the public contract, field by field.

``python -m tests.sandbox.check_familycare_contract SWAGGER_FILE``. Every answer must have exactly
the fields of its definition, each of its type (or null); a call without a required parameter must
be refused. Exit code 1 where something differs.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import free_port
from tests.servers.process import Process, running
from tests.servers.sandbox import Sandbox

PERSON = "201001012382"
PREFIX = "/apifc/v1"
LISTS = ("Decisions", "Executions", "Services", "ResourceAllocations", "Investigations")
EMPTY = {"Investigations"}
RESOURCES = (*LISTS, "Documents", "Persons", *(f"Extract/{name}" for name in LISTS))
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
VALUES = {
    "personId": PERSON,
    "startDate": "2000-01-01",
    "endDate": "2099-12-31",
    "modifiedAfter": "2000-01-01T00:00:00",
    "limit": "100",
    "domain": "malmo",
    "key": "sandbox",
}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class Contract:
    """The Swagger document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths = document["paths"]
        self._definitions = document["definitions"]

    def parameters(self, resource: str) -> dict[str, bool]:
        """Name of each query parameter, and whether it is required."""
        found = self._paths[f"{PREFIX}/{resource}"]["get"]["parameters"]
        return {parameter["name"]: parameter["required"] for parameter in found}

    def answer(self, resource: str) -> dict[str, Any]:
        schema: dict[str, Any] = self._paths[f"{PREFIX}/{resource}"]["get"]["responses"]["200"]
        return self._resolved(schema["schema"])

    def differences(self, value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
        """What is not as the schema says, in words, with where it stands."""
        schema = self._resolved(schema)
        if value is None:
            return
        kind = schema["type"]
        if type(value) not in TYPES[kind]:
            yield f"{where}: {type(value).__name__} where {kind} was promised"
        elif kind == "array":
            for number, item in enumerate(value):
                yield from self.differences(item, schema["items"], f"{where}/{number}")
        elif kind == "object":
            yield from self._object(value, schema["properties"], where)
        elif schema.get("format") == "date-time" and not MOMENT.fullmatch(value):
            yield f"{where}: not yyyy-MM-ddTHH:mm:ss"

    def _object(
        self, value: dict[str, Any], properties: dict[str, Any], where: str
    ) -> Iterator[str]:
        yield from (f"{where}/{name}: missing" for name in properties.keys() - value.keys())
        yield from (f"{where}/{name}: unknown" for name in value.keys() - properties.keys())
        for name in properties.keys() & value.keys():
            yield from self.differences(value[name], properties[name], f"{where}/{name}")

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in schema:
            return schema
        found: dict[str, Any] = self._definitions[schema["$ref"].removeprefix("#/definitions/")]
        return found


def check(contract: Contract, sandbox: Sandbox) -> list[str]:
    """All differences, over a sandbox in which every kind of row exists."""
    fill(sandbox)
    with httpx.Client(base_url=f"{sandbox.url}/procapita/malmo/WESE.FC.Api.FC{PREFIX}") as client:
        return [line for name in RESOURCES for line in check_resource(contract, client, name)]


def check_resource(contract: Contract, client: httpx.Client, resource: str) -> Iterator[str]:
    parameters = contract.parameters(resource)
    query = {name: VALUES[name] for name in parameters if name in VALUES}
    answer = client.get(resource, params=query)
    if answer.status_code != httpx.codes.OK:
        yield f"{resource}: {answer.status_code}"
        return
    document = answer.json()
    yield from contract.differences(document, contract.answer(resource), resource)
    if not document.get("Result", True) and resource.rpartition("/")[2] not in EMPTY:
        yield f"{resource}: no row to compare"
    for name in (name for name, required in parameters.items() if required):
        without = {key: value for key, value in query.items() if key != name}
        if client.get(resource, params=without).is_success:
            yield f"{resource}: answers without {name}, which is required"


def fill(sandbox: Sandbox) -> None:
    """Lets people there bring about one of each."""
    who = {"personnummer": PERSON, "namn": "Alva Testsson"}
    for kind in ("beslut_registrerat", "beslut_verkstallt", "resurs_tilldelad"):
        sandbox.change("procapita", "malmo", kind, arende="A-1", data=who)
    sandbox.change("procapita", "malmo", "aktanteckning_skapad", arende="A-1", data=who)


def main(swagger: Path) -> int:
    """Starts a sandbox, compares, tells; returns the exit code."""
    contract = Contract(json.loads(swagger.read_text(encoding="utf-8-sig")))
    port = free_port()
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    command = [sys.executable, "-m", "bbic_bridge.sandbox", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        process = Process("sandbox", command, Path(folder) / "sandbox.log")
        with running(process), sandbox:
            process.ready(sandbox.answers)
            found = check(contract, sandbox)
    for line in found:
        print(line)
    print(f"{len(RESOURCES)} FamilyCare resources compared, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
