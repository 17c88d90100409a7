"""From the configuration to a system, or to what is wrong with it."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import respx
from pydantic import SecretStr

from bbic_bridge.adapters import System, build, build_workflow
from bbic_bridge.delivery.errors import ConfigurationError, NeedsPerson
from bbic_bridge.delivery.ports import VendorSystem
from bbic_bridge.mappings.engine import shipped
from bbic_bridge.settings import Callback, Kommun
from tests.adapters.orders import order

SECRET = "whsec_" + "b2xk" * 8
PROCAPITA = {
    "system": "procapita",
    "write_url": "http://vendor.test/soap",
    "read_url": "http://vendor.test/fc",
    "domain": "IFO",
    "key": "hemlig",
}


def _kommun(**changed: Any) -> Kommun:
    return Kommun.model_validate(PROCAPITA | changed)


@pytest.mark.parametrize("name", ["procapita", "treserva"])
def test_a_kommuns_system_is_built_by_name(name: str) -> None:
    with closing(build("malmo", _kommun(system=name))) as system:
        filled: VendorSystem = system
        assert filled.name == name


def test_the_workflow_is_built_from_the_callback() -> None:
    callback = Callback(url="http://workflow.test/events", secret=SecretStr(SECRET))
    with closing(build_workflow(callback)) as system:
        filled: VendorSystem = system
        assert filled.name == "workflow"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"write_url": "ftp://vendor.test"}, "http"),
        ({"read_url": "http://vendor.test/fc?key=hemlig"}, "http"),
        ({"domain": ""}, "domain"),
        ({"key": ""}, "key"),
        ({"profile": "procapita/egen"}, "procapita/egen"),
    ],
)
def test_a_wrong_setting_is_told_with_its_kommun_and_no_secret(
    changed: dict[str, str], told: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build("malmo", _kommun(**changed))
    assert str(caught.value).startswith("kommun.malmo: ")
    assert told in str(caught.value)
    assert "hemlig" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", [{"secret": "whsec_hemlig"}, {"secret": "hemlig" * 8}, {"url": "workflow.test"}]
)
def test_a_wrong_callback_is_told_when_it_is_built(wrong: dict[str, str]) -> None:
    callback = {"url": "http://workflow.test/", "secret": SECRET} | wrong
    with pytest.raises(ConfigurationError, match=r"^callback: ") as caught:
        build_workflow(Callback.model_validate(callback))
    assert "hemlig" not in str(caught.value)


def _own_profile(folder: Path, old: str, new: str) -> Kommun:
    """A kommun whose profile is the standard one with something changed."""
    own = folder / "procapita" / "egen"
    own.mkdir(parents=True)
    text = (shipped()["procapita/standard"] / "profile.toml").read_text(encoding="utf-8")
    assert old in text
    (own / "profile.toml").write_text(text.replace(old, new), encoding="utf-8")
    return _kommun(profile="procapita/egen")


def test_an_own_profile_says_whether_there_is_a_feed(tmp_path: Path) -> None:
    kommun = _own_profile(tmp_path, "changes_feed = true", "changes_feed = false")
    with closing(build("malmo", kommun, profiles=tmp_path)) as system:
        assert system.streams() == ("familycare",)


def test_an_own_profile_says_how_an_effect_is_looked_up(tmp_path: Path) -> None:
    old = 'element = "SkapaAktanteckning"\nlookup  = "reference"'
    kommun = _own_profile(tmp_path, old, old.replace("reference", "none"))
    with closing(build("malmo", kommun, profiles=tmp_path)) as system:
        assert system.capability("skapa_aktanteckning").lookup == "none"
        assert system.find(order("skapa_aktanteckning")).outcome == "unknowable"


def test_a_question_without_words_goes_to_a_person(tmp_path: Path) -> None:
    row = '[message.hamta_kvittens]\nelement = "HamtaKvittens"\n'
    fields = 'fields  = [{ field = "referens", path = "Referens" }]\n'
    kommun = _own_profile(tmp_path, row + fields, "")
    with (
        closing(build("malmo", kommun, profiles=tmp_path)) as system,
        pytest.raises(NeedsPerson) as caught,
    ):
        system.find(order("skapa_aktanteckning"))
    assert "hamta_kvittens" in caught.value.reason


@respx.mock
@pytest.mark.parametrize(("token", "sent"), [("t0ken", "Bearer t0ken"), ("", None)])
def test_the_token_is_sent_where_there_is_one(token: str, sent: str | None) -> None:
    route = respx.post("http://vendor.test/soap").respond(500)
    with closing(build("malmo", _kommun(token=token))) as system:
        _try_to_send(system)
    assert route.calls[0].request.headers.get("authorization") == sent


def _try_to_send(system: System) -> None:
    what = order("skapa_aktanteckning")
    with pytest.raises(Exception, match="http_500"):
        system.send(what, system.prepare(what))
