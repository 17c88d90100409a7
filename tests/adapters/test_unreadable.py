"""One change that cannot be read stops no other, in feeds and webhooks of both vendors."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import respx

from bbic_bridge.adapters import System, build
from bbic_bridge.adapters.procapita import soap
from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.delivery.errors import Contract
from bbic_bridge.delivery.ports import WEBHOOK, Told, Unreadable, VendorChange
from bbic_bridge.mappings.engine import shipped
from bbic_bridge.settings import Kommun

BASE = "http://vendor.test/api"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TID = "2026-09-16T13:05:00Z"
PERSON = "201801052398"


@dataclass(frozen=True)
class Vendor:
    """How a vendor writes that a resource was registered, and where the feed is read."""

    name: str
    resource: str
    code: str

    def change(self, number: object, code: str = "", tid: str = TID) -> str:
        return self.resource.format(n=number, code=code or self.code, tid=tid)

    def page(self, *changes: str, frame: str = 'nasta="9" fler=""', more: str = "") -> bytes:
        frame = frame.replace('""', '"false"' if self.name == "procapita" else '"N"')
        space = f"urn:bbic-bridge:{self.name}:1"
        return f'<Andringar xmlns="{space}" {frame}>{"".join(changes)}{more}</Andringar>'.encode()

    def answers(self, page: bytes) -> None:
        if self.name == "procapita":
            respx.post(BASE).respond(200, content=soap.envelope(parse_untrusted(page)))
        else:
            respx.get(f"{BASE}/andringar").respond(200, content=page)

    def build(self, profiles: Path | None = None, profile: str = "") -> System:
        kommun = {"system": self.name, "write_url": BASE, "read_url": BASE, "profile": profile}
        access = {"domain": "IFO", "key": "hemlig"}
        return build("k", Kommun.model_validate(kommun | access), profiles=profiles)

    def without_code(self, folder: Path) -> System:
        """With a profile of the kommun's own, whose table lacks the code of a new resource."""
        own = folder / self.name / "egen"
        own.mkdir(parents=True)
        standard = shipped()[f"{self.name}/standard"] / "profile.toml"
        lines = standard.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.endswith(f'= "{self.code}"')]
        assert len(kept) == len(lines) - 1
        (own / "profile.toml").write_text("\n".join(kept), encoding="utf-8")
        return self.build(folder, f"{self.name}/egen")


PROCAPITA = Vendor(
    "procapita",
    "<Andring><AndringsId>{n}</AndringsId><Handelse>{code}</Handelse><Nr>R-{n}</Nr>"
    "<Tidpunkt>{tid}</Tidpunkt><Resurs><ResursId>R-{n}</ResursId></Resurs></Andring>",
    "ResursRegistrerad",
)
TRESERVA = Vendor(
    "treserva",
    '<Andring andringsId="{n}" id="R-{n}" tid="{tid}" handelse="{code}">'
    '<NyResurs resursId="R-{n}"/></Andring>',
    "resurs.ny",
)


@pytest.fixture(params=[PROCAPITA, TRESERVA], ids=lambda vendor: vendor.name)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    found: Vendor = request.param
    return found


@pytest.fixture
def system(vendor: Vendor) -> Iterator[System]:
    with closing(vendor.build()) as built:
        yield built


def names(told: tuple[Told, ...]) -> list[str | None]:
    return [one.key if isinstance(one, VendorChange) else one.row for one in told]


def unread(told: tuple[Told, ...]) -> Unreadable:
    (found,) = [one for one in told if isinstance(one, Unreadable)]
    return found


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        pytest.param({"code": "Okand.Handelse"}, "kind", id="a code outside the schema"),
        pytest.param({"tid": f"i går {PERSON}"}, "tid", id="a bad time"),
    ],
)
def test_the_others_of_a_webhook_are_told(
    vendor: Vendor, system: System, wrong: dict[str, str], field: str
) -> None:
    told = system.parse_webhook(
        vendor.page(vendor.change(1), vendor.change(2, **wrong), vendor.change(3), frame="")
    )
    assert names(told) == ["resurs_registrerad:1", "andring:2", "resurs_registrerad:3"]
    bad = unread(told)
    assert (bad.stream, bad.code) == (WEBHOOK, "breaks_contract")
    assert bad.where.startswith(f"profile {vendor.name}/standard, message andring")
    assert f"field {field}: " in bad.where
    assert bad.kind == ("" if field == "kind" else "resurs_registrerad")
    (value,) = wrong.values()
    assert value in bad.raw.decode()
    for shown in (bad.where, repr(bad)):
        assert PERSON not in shown
        assert value not in shown


@respx.mock
def test_the_feed_goes_on_after_a_bad_change(vendor: Vendor, system: System) -> None:
    vendor.answers(vendor.page(vendor.change(1), vendor.change(2, tid="x"), vendor.change(3)))
    (page,) = system.changes("andringar", "", NOW)
    assert names(page.changes) == ["resurs_registrerad:1", "andring:2", "resurs_registrerad:3"]
    assert (unread(page.changes).stream, page.cursor) == ("andringar", "9")


@respx.mock
def test_feed_and_webhook_tell_the_same_row(vendor: Vendor, system: System) -> None:
    bad = vendor.change(2, tid="x")
    vendor.answers(vendor.page(bad, vendor.change(1)))
    (page,) = system.changes("andringar", "", NOW)
    one, other = unread(page.changes), unread(system.parse_webhook(vendor.page(bad, frame="")))
    assert (one.row, one.raw, one.where) == (other.row, other.raw, other.where)


def test_a_readable_version_goes_by_the_same_name(vendor: Vendor, system: System) -> None:
    (good,) = system.parse_webhook(vendor.page(vendor.change(2)))
    (bad,) = system.parse_webhook(vendor.page(vendor.change(2, tid="x")))
    assert good.row == bad.row == "andring:2"


@pytest.mark.parametrize("number", [PERSON, "Kim Exempel", "2" * 65, ""])
def test_what_may_be_a_person_is_no_name(vendor: Vendor, system: System, number: str) -> None:
    told = system.parse_webhook(vendor.page(vendor.change(number, tid="x"), vendor.change(1)))
    assert unread(told).row is None


def test_it_is_read_again_when_the_code_is_known(
    vendor: Vendor, system: System, tmp_path: Path
) -> None:
    with closing(vendor.without_code(tmp_path)) as lacking:
        (bad,) = lacking.parse_webhook(vendor.page(vendor.change(2)))
        assert isinstance(bad, Unreadable)
        assert "egen, message andring, field kind: is a code" in bad.where
        assert lacking.read_again(bad) == bad
    assert system.parse_webhook(vendor.page(vendor.change(2))) == (system.read_again(bad),)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({"more": "<Skrap/>"}, "<Skrap>", id="something strange"),
        pytest.param({"frame": 'fler="kanske"'}, "field fler", id="a bad frame"),
    ],
)
def test_a_page_that_is_none_is_refused_as_a_whole(
    vendor: Vendor, system: System, wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(Contract) as caught:
        system.parse_webhook(vendor.page(vendor.change(1), **wrong))
    assert caught.value.code == "breaks_contract"
    assert told in caught.value.where


@respx.mock
def test_a_feed_that_is_none_names_the_place(vendor: Vendor, system: System) -> None:
    vendor.answers(vendor.page(vendor.change(1), more="<Skrap/>"))
    with pytest.raises(Contract) as caught:
        list(system.changes("andringar", "", NOW))
    assert f"profile {vendor.name}/standard, message andringar, field <Skrap>" in caught.value.where
