"""Through the app into a real store: what is answered 202 is there."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import standardwebhooks
from pydantic import SecretStr

from bbic_bridge import adapters, contracts
from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.mappings.engine import shipped
from bbic_bridge.receivers import create_app
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import fetching, queries, upkeep
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.settings import Settings
from tests.handbook.minsta import BARN, handelse
from tests.receivers.conftest import SETTINGS
from tests.receivers.fake import EXEMPEL, NOW, OTHER, WORKFLOW, as_json, bearer, signed

pytestmark = pytest.mark.anyio
BATCH = "application/cloudevents-batch+json"
NEWS = b"""<Andringar xmlns="urn:bbic-bridge:treserva:1">
<Andring andringsId="1" id="R-77" tid="2026-09-16T13:05:00Z" handelse="resurs.ny">
<NyResurs resursId="R-77" resurskod="420"/></Andring></Andringar>"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return SETTINGS.model_copy(
        update={
            "base": tmp_path,
            "master_key": SecretStr(new_root_key()),
            "index_key": SecretStr(new_root_key()),
            "limits": SETTINGS.limits.model_copy(update={"body_bytes": 100_000}),
        }
    )


@pytest.fixture
def bridge(settings: Settings) -> Iterator[Bridge]:
    upkeep.migrate(settings)
    treserva = adapters.build("exempel", settings.kommun["exempel"])
    bridge = bootstrap(settings, clock=lambda: NOW, systems={"exempel": treserva}.__getitem__)
    yield bridge
    bridge.close()
    treserva.close()


@pytest.fixture
async def client(bridge: Bridge) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(bridge))
    async with httpx.AsyncClient(transport=transport, base_url="http://bridge") as client:
        yield client


async def send(client: httpx.AsyncClient, event: Any, **options: Any) -> httpx.Response:
    body = as_json(event)
    return await client.post("/v1/events", content=body, headers=signed(body, **options))


async def test_an_event_signed_by_the_public_library_is_stored(
    client: httpx.AsyncClient, bridge: Bridge
) -> None:
    body = json.dumps(handelse("beslut.fattat"), ensure_ascii=False)
    headers = {
        "content-type": "application/cloudevents+json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(WORKFLOW).sign("msg_1", NOW, body),
    }
    first = await client.post("/v1/events", content=body.encode(), headers=headers)
    assert (first.status_code, first.json()["results"][0]["status"]) == (202, "accepted")
    again = await client.post("/v1/events", content=body.encode(), headers=headers)
    assert (again.status_code, again.json()["results"][0]["status"]) == (202, "duplicate")
    stored = queries.list_deliveries(bridge, Filter())
    assert [(one.operation, one.state) for one in stored] == [("registrera_beslut", "ready")]


async def test_the_same_id_with_other_content_is_a_conflict(client: httpx.AsyncClient) -> None:
    assert (await send(client, handelse("beslut.fattat"))).status_code == 202
    other = handelse("beslut.fattat", beslutsfattare="Någon Annan")
    answer = await send(client, other)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/id"


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"type": "se.bbic.okant"}, 422, "/type"),
        ({"subject": None}, 400, "/subject"),
        ({"kommun": "lund"}, 403, None),
        ({"data": {"schema_version": 1}}, 422, "/data/barn"),
        (
            {
                "data": handelse("beslut.fattat", barn={**BARN, "personnummer": "202001012399"})[
                    "data"
                ]
            },
            422,
            "/data/barn/personnummer",
        ),
    ],
)
async def test_a_bad_event_is_answered_with_where_and_nothing_is_stored(
    client: httpx.AsyncClient,
    bridge: Bridge,
    change: dict[str, Any],
    status: int,
    pointer: str | None,
) -> None:
    answer = await send(client, handelse("beslut.fattat") | change)
    assert answer.status_code == status
    if pointer is not None:
        assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}
    assert "202001012399" not in answer.text
    counts = queries.status(bridge)
    assert (counts.events, counts.cases) == (0, 0)


async def test_an_unknown_kommun_names_its_attribute(client: httpx.AsyncClient) -> None:
    answer = await send(client, handelse("beslut.fattat") | {"kommun": "lund"}, with_secret=OTHER)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/kommun")


async def test_in_a_batch_each_event_stands_for_itself(
    client: httpx.AsyncClient, bridge: Bridge
) -> None:
    granted = handelse("beslut.fattat")
    elsewhere = granted | {"id": "other", "kommun": "lund"}
    answer = await send(client, [elsewhere, granted, 7], content_type=BATCH)
    assert answer.status_code == 202
    results = answer.json()["results"]
    assert [one["status"] for one in results] == ["rejected", "accepted", "rejected"]
    assert [one.get("problem", {}).get("status") for one in results] == [403, None, 400]
    assert queries.status(bridge).events == 1


async def test_what_comes_too_early_is_accepted_and_shown_to_wait(
    client: httpx.AsyncClient,
) -> None:
    assert (await send(client, handelse("beslut.verkstall"))).status_code == 202
    case = (await client.get("/v1/cases/ARENDE-1", headers=bearer("reader"))).json()
    event, waiting = case["steps"]
    assert waiting["waits_for"] == ["beslut_registrerat:B1"]
    assert waiting["event_row"] == event["event_row"]
    assert waiting["delivery_id"] == case["open_deliveries"][0]["id"]
    told = handelse("beslut.verkstall")
    assert (event["source"], event["event_id"]) == (told["source"], told["id"])


async def test_what_is_shown_is_masked(client: httpx.AsyncClient) -> None:
    await send(client, handelse("beslut.fattat"))
    page = await client.get("/v1/deliveries", headers=bearer("reader"))
    found = page.json()["deliveries"][0]["id"]
    detail = await client.get(f"/v1/deliveries/{found}", headers=bearer("reader"))
    assert detail.status_code == 200
    for answer in (page, detail):
        assert BARN["personnummer"] not in answer.text
        assert BARN["namn"] not in answer.text


async def test_replay_answers_for_what_it_cannot_do(client: httpx.AsyncClient) -> None:
    await send(client, handelse("beslut.fattat"))
    found = (await client.get("/v1/deliveries", headers=bearer("reader"))).json()["deliveries"][0]
    url = f"/v1/deliveries/{found['id']}/replay"
    answer = await client.post(url, headers=bearer("operator"), json={"dry_run": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_replayable")


async def test_the_feed_is_empty_and_its_cursor_can_be_used(client: httpx.AsyncClient) -> None:
    first = (await client.get("/v1/events", headers=bearer("reader"))).json()
    assert first["events"] == []
    again = await client.get(f"/v1/events?after={first['cursor']}", headers=bearer("reader"))
    assert again.json() == first
    assert (await client.get("/v1/events?after=x", headers=bearer("reader"))).status_code == 400


async def test_the_bridge_is_ready_and_measured(client: httpx.AsyncClient) -> None:
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "reasons": [], "degraded": ["no_worker", "no_beat"]}
    await send(client, handelse("beslut.fattat"))
    assert 'bbic_deliveries{state="ready"} 1.0' in (await client.get("/metrics")).text


async def test_with_little_room_nothing_is_taken_in_and_with_room_it_is(
    client: httpx.AsyncClient, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = {"left": bridge.settings.limits.min_free_bytes - 1}
    monkeypatch.setattr(bridge.store.space, "free_bytes", lambda: room["left"])
    for answer in (await send(client, handelse("beslut.fattat")), await tell(client, NEWS)):
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_low")
        assert int(answer.headers["retry-after"]) > 0
    not_ready = await client.get("/readyz")
    assert (not_ready.status_code, not_ready.json()["reasons"]) == (503, ["storage_low"])
    counts = queries.status(bridge)
    assert (counts.events, counts.feed, counts.health.storage_low) == (0, 0, True)
    room["left"] += 1
    assert (await send(client, handelse("beslut.fattat"))).status_code == 202
    assert (await client.get("/readyz")).status_code == 200


async def test_a_sender_finds_its_own_count_of_a_day(client: httpx.AsyncClient) -> None:
    events = [handelse("aktanteckning.skriven") | {"id": f"e{n}"} for n in range(3)]
    await send(client, events, content_type=BATCH)
    await send(client, [events[0], events[0] | {"id": "bad", "type": "x"}], content_type=BATCH)
    asked = {"day": "2026-11-20"}
    answer = await client.get("/v1/totals", params=asked, headers=bearer("reader"))
    (total,) = answer.json()["totals"]
    assert (total["source"], total["kommun"], total["count"]) == ("/handbok/test", "malmo", 3)
    unseen = await client.get(
        "/v1/totals", params=asked | {"source": "x"}, headers=bearer("reader")
    )
    assert unseen.json() == {"totals": []}
    assert (await client.get("/v1/totals")).status_code == 401


async def tell(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    headers = signed(body, "application/xml", EXEMPEL)
    return await client.post("/v1/webhooks/treserva/exempel", content=body, headers=headers)


async def test_what_a_vendor_tells_reaches_the_feed_once(client: httpx.AsyncClient) -> None:
    for status in ("accepted", "duplicate"):
        answer = await tell(client, NEWS)
        assert answer.status_code == 202
        assert answer.json() == {"results": [{"id": "msg_1", "status": status}]}
    feed = (await client.get("/v1/events", headers=bearer("admin"))).json()["events"]
    assert [(one["type"], one["data"]["resurs_id"]) for one in feed] == [
        ("se.bbic.resurs.registrerad", "R-77")
    ]
    unseen = (await client.get("/v1/events", headers=bearer("reader"))).json()
    assert unseen["events"] == []


def news(number: int, handelse: str = "resurs.ny") -> bytes:
    resource = f'<NyResurs resursId="R-{number}"/>'
    time = "2026-09-16T13:05:00Z"
    return (
        f'<Andring andringsId="{number}" id="R-{number}" tid="{time}" handelse="{handelse}">'
        f"{resource}</Andring>"
    ).encode()


async def registered(client: httpx.AsyncClient) -> list[str]:
    feed = (await client.get("/v1/events", headers=bearer("admin"))).json()["events"]
    return [one["data"]["resurs_id"] for one in feed]


async def test_one_unreadable_change_of_three_is_parked_and_comes_once_when_it_is_mended(
    client: httpx.AsyncClient, bridge: Bridge, settings: Settings, tmp_path: Path
) -> None:
    """Mended in the profile: a folder of its own, that knows the vendor's new word."""
    odd = news(2, "resurs.tillagd")
    body = b'<Andringar xmlns="urn:bbic-bridge:treserva:1">%b%b%b</Andringar>'
    body %= (news(1), odd, news(3))
    answer = await tell(client, body)
    assert (answer.status_code, answer.json()["results"][0]["status"]) == (202, "accepted")
    assert await registered(client) == ["R-1", "R-3"]
    (parked,) = fetching.list_parked(bridge)
    assert (parked.kommun, parked.system, parked.id) == ("exempel", "treserva", "andring:2")
    assert parked.where.startswith("profile treserva/standard, message andring, field kind")
    assert 'bbic_parked_changes{kommun="exempel"} 1.0' in (await client.get("/metrics")).text
    assert (await tell(client, body)).json()["results"][0]["status"] == "duplicate"

    with mended(settings, tmp_path) as again:
        assert again.store is not bridge.store
        assert sync_kommun(again, "exempel").emitted == 1
        assert sync_kommun(again, "exempel").read == 0
        assert list(fetching.list_parked(again)) == []
    assert await registered(client) == ["R-1", "R-3", "R-2"]


@contextmanager
def mended(settings: Settings, folder: Path) -> Iterator[Bridge]:
    """The bridge started again with a profile that has the code, and a schema that allows it."""
    own = folder / "profiles" / "treserva" / "egen"
    own.mkdir(parents=True)
    standard = shipped()["treserva/standard"] / "profile.toml"
    toml = standard.read_text(encoding="utf-8").replace("contract:treserva.xsd", "egen.xsd")
    toml = toml.replace("changes_feed = true", "changes_feed = false")
    schema = contracts.path("treserva.xsd").read_text(encoding="utf-8")
    for name, text in (("profile.toml", toml), ("egen.xsd", schema)):
        assert "resurs.ny" in text
        (own / name).write_text(text.replace("resurs.ny", "resurs.tillagd"), encoding="utf-8")
    exempel = settings.kommun["exempel"].model_copy(update={"profile": "treserva/egen"})
    treserva = adapters.build("exempel", exempel, profiles=folder / "profiles")
    bridge = bootstrap(settings, clock=lambda: NOW, systems={"exempel": treserva}.__getitem__)
    try:
        yield bridge
    finally:
        bridge.close()
        treserva.close()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>" + NEWS, "DOCTYPE"),
        (NEWS.replace(b"</Andringar>", b"<Skrap>189001019802</Skrap></Andringar>"), "Skrap"),
        (NEWS[:-1], "line 3"),
        (NEWS.replace(b"R-77", b"R-\xff"), "UTF-8"),
    ],
)
async def test_bad_xml_is_refused_with_its_place_and_nothing_is_stored(
    client: httpx.AsyncClient, body: bytes, told: str
) -> None:
    answer = await tell(client, body)
    assert answer.status_code == 400
    assert told in answer.json()["errors"][0]["detail"]
    assert "189001019802" not in answer.text
    feed = (await client.get("/v1/events", headers=bearer("admin"))).json()
    assert feed["events"] == []
