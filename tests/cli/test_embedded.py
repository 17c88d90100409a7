"""The embedded broker: private, found wherever the configuration lies, gone without a trace."""

import stat
import subprocess
from pathlib import Path

import pytest

from bbic_bridge.cli import embedded
from bbic_bridge.cli.embedded import LONGEST_SOCKET_PATH, socket_place
from bbic_bridge.delivery.errors import ConfigurationError
from tests.servers.ports import free_port
from tests.servers.process import wait_until


def test_the_socket_lies_below_var_where_it_can(tmp_path: Path) -> None:
    with socket_place(tmp_path / "var") as place:
        assert place == tmp_path / "var" / "run" / "broker.sock"
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["d" * 120, "with space", "å", "a?b", "a%20b"])
def test_elsewhere_it_lies_in_a_short_private_folder(tmp_path: Path, name: str) -> None:
    with socket_place(tmp_path / name / "var") as place:
        assert len(str(place).encode()) <= LONGEST_SOCKET_PATH
        assert not place.is_relative_to(tmp_path)
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert not place.parent.exists()


@pytest.mark.parametrize("name", ["plain", "d" * 120])
def test_a_server_answers_there_and_nowhere_else(tmp_path: Path, name: str) -> None:
    with socket_place(tmp_path / name) as place:
        assert not embedded.answers(place)
        with subprocess.Popen(embedded.command(place)) as server:
            wait_until(lambda: embedded.answers(place), what="the broker answers")
            assert embedded.reached(embedded.url(place))
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
            assert "port:0" in _info(place)
            server.terminate()
        assert not embedded.answers(place)
    assert not place.exists()


def _info(place: Path) -> str:
    import redis

    with redis.Redis(unix_socket_path=str(place)) as client:
        kept = client.config_get("port", "save", "appendonly")
    return " ".join(f"{name}:{value}" for name, value in kept.items())


def test_a_broker_elsewhere_is_asked_too(redis_url: str) -> None:
    assert embedded.reached(redis_url)
    assert not embedded.reached(f"redis://127.0.0.1:{free_port()}/0")


def test_what_is_no_address_is_a_setting_to_correct() -> None:
    with pytest.raises(ConfigurationError, match="broker_url"):
        embedded.reached("nonsense")
