"""`doctor` over TLS: until when each certificate holds, and what is wrong with one that fails."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.servers.certificates import Authority, Pair
from tests.servers.https import https

CONFIG = """
[kommun.malmo]
system = "treserva"
write_url = "{url}/api"
read_url = "{url}/api"
ca = "tls/ca.pem"
"""
Found = Mapping[str, tuple[str, str]]
Ask = Callable[..., Found]


@pytest.fixture
def authority(folder: Path) -> Authority:
    return Authority.in_folder(folder / "tls")


@pytest.fixture
def ask(cli: Cli, folder: Path) -> Ask:
    """What `doctor` found of the kommun: level and words by what was looked at."""
    cli("init")
    written = (folder / "bridge.toml").read_text()

    def doctor(url: str, more: str = "") -> Found:
        (folder / "bridge.toml").write_text(written + CONFIG.format(url=url) + more)
        cli("migrate")
        outcome = cli("doctor", "--json")
        found = {c["what"]: (c["level"], c["found"]) for c in outcome.document}
        assert outcome.code == (1 if "fail" in {level for level, _ in found.values()} else 0)
        return {what: told for what, told in found.items() if what.startswith("malmo")}

    return doctor


@contextmanager
def serving(pair: Pair, clients: Path | None = None) -> Iterator[str]:
    with https(pair, clients=clients) as peer:
        yield peer.url


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [(400, "ok", "until 20"), (29.5, "warn", "expires in 29 days"), (0.5, "warn", "in 0 days")],
)
def test_a_server_s_certificate_is_told_with_its_end(
    ask: Ask, authority: Authority, days: float, level: str, words: str
) -> None:
    with serving(authority.pair(left=timedelta(days=days))) as url:
        found = ask(url)
    assert found["malmo: writing"] == ("ok", "answers")
    assert found["malmo: writing certificate"][0] == level
    assert words in found["malmo: writing certificate"][1]


def test_how_long_before_is_a_setting(
    ask: Ask, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_CERTIFICATE_WARNING_DAYS", "500")
    with serving(authority.pair(left=timedelta(days=400))) as url:
        assert ask(url)["malmo: writing certificate"][0] == "warn"


@pytest.mark.parametrize(
    ("host", "left", "told"),
    [
        ("127.0.0.1", -1, "certificate has expired"),
        ("127.0.0.2", 9, "IP address mismatch"),
    ],
)
def test_why_a_certificate_is_not_believed_is_told(
    ask: Ask, authority: Authority, host: str, left: int, told: str
) -> None:
    with serving(authority.pair(host, left=timedelta(days=left))) as url:
        level, words = ask(url)["malmo: writing"]
    assert level == "fail"
    assert told in words


def test_another_authority_is_told(ask: Ask, authority: Authority, folder: Path) -> None:
    stranger = Authority.in_folder(folder / "stranger")
    with serving(stranger.pair()) as url:
        level, words = ask(url)["malmo: writing"]
    assert (level, words.startswith("TLS: ")) == ("fail", True)
    assert "certificate" in words


@pytest.mark.parametrize(
    ("left", "level"), [(400, "ok"), (20, "warn"), (-1, "fail")], ids=["ok", "soon", "gone"]
)
def test_our_own_certificate_is_shown_and_its_end_told(
    ask: Ask, authority: Authority, left: int, level: str
) -> None:
    own = authority.pair("bbic-bridge", left=timedelta(days=left))
    more = f'client_cert = "tls/{own.cert.name}"\nclient_key = "tls/{own.key.name}"\n'
    with serving(authority.pair(), authority.ca) as url:
        found = ask(url, more)
    assert found["malmo: client_cert"][0] == level
    assert found["malmo: ca"][0] == "ok"
    assert found["malmo: writing"][0] == ("fail" if left < 0 else "ok")
    assert "malmo: client_key" not in found


def test_a_server_that_asks_who_we_are_is_told_of(ask: Ask, authority: Authority) -> None:
    with serving(authority.pair(), authority.ca) as url:
        level, words = ask(url)["malmo: writing"]
    assert level == "fail"
    assert "certificate required" in words or "a client certificate" in words


def test_a_key_that_others_can_read_is_a_warning(ask: Ask, authority: Authority) -> None:
    own = authority.pair("bbic-bridge")
    own.key.chmod(0o644)
    more = f'client_cert = "tls/{own.cert.name}"\nclient_key = "tls/{own.key.name}"\n'
    with serving(authority.pair()) as url:
        assert ask(url, more)["malmo: client_key"] == ("warn", "others can read it (mode 644)")


def test_a_file_that_is_none_fails_and_names_the_setting(
    ask: Ask, authority: Authority, folder: Path
) -> None:
    with serving(authority.pair()) as url:
        found = ask(url, 'client_cert = "tls/nowhere.pem"\n')
    told = f"setting kommun.malmo.client_cert: there is no file {folder}/tls/nowhere.pem"
    assert found["malmo: writing"] == ("fail", told)


def test_the_token_endpoint_is_asked_too(ask: Ask, authority: Authority) -> None:
    with serving(authority.pair()) as url, serving(authority.pair(left=timedelta(days=3))) as login:
        more = f'[kommun.malmo.oauth]\ntoken_url = "{login}/token"\nclient_id = "b"\n'
        found = ask(url, more + 'client_secret = "hemligt"\n')
    assert found["malmo: token"] == ("ok", "answers")
    assert found["malmo: token certificate"][0] == "warn"
