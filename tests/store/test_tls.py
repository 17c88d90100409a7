"""What a database's address asks of TLS is asked of the server."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bbic_bridge.services import upkeep
from bbic_bridge.settings import Settings
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.migrate import state
from tests.servers.certificates import Authority
from tests.servers.postgres import Postgres
from tests.servers.tls_front import SSL_REQUEST, tls_front


def opened(url: str) -> None:
    upkeep.migrate(Settings.model_validate({"database_url": url}))


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_tls_is_refused_where_tls_is_asked_for(
    postgres_url: str, mode: str
) -> None:
    with pytest.raises(StoreUnavailable):
        opened(f"{postgres_url}?sslmode={mode}")
    opened(postgres_url)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.in_folder(tmp_path / "ca")


def front_of(url: str, port: int, ca: Path) -> str:
    address = sa.make_url(url).set(port=port)
    checked = address.update_query_dict({"sslmode": "verify-full", "sslrootcert": str(ca)})
    return checked.render_as_string()


def test_a_server_under_the_named_authority_is_believed(
    postgres_server: Postgres, postgres_url: str, authority: Authority
) -> None:
    with tls_front(authority.pair(), postgres_server.port, asked=SSL_REQUEST) as port:
        opened(front_of(postgres_url, port, authority.ca))
    assert state(postgres_url) is not None


@pytest.mark.parametrize("wrong", ["another host", "another authority"])
def test_a_server_that_cannot_prove_itself_is_not_believed(
    postgres_server: Postgres, postgres_url: str, authority: Authority, tmp_path: Path, wrong: str
) -> None:
    pair = authority.pair("127.0.0.2" if wrong == "another host" else "127.0.0.1")
    other = Authority.in_folder(tmp_path / "other")
    ca = other.ca if wrong == "another authority" else authority.ca
    with (
        tls_front(pair, postgres_server.port, asked=SSL_REQUEST) as port,
        pytest.raises(StoreUnavailable),
    ):
        opened(front_of(postgres_url, port, ca))
    assert state(postgres_url) is None
