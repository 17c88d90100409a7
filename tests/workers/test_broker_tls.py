"""A broker over TLS is believed only with a certificate that is good for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bbic_bridge.broker import QUEUE, Publisher
from bbic_bridge.cli import embedded
from tests.servers.certificates import Authority
from tests.servers.tls_front import tls_front
from tests.servers.valkey import Valkey

CA = "?ssl_cert_reqs=required&ssl_ca_certs={ca}"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.in_folder(tmp_path / "ca")


@pytest.fixture
def published(redis_server: Valkey) -> Callable[[str], bool]:
    """Whether a wake-up that is sent there arrives."""

    def publish(url: str) -> bool:
        redis_server.flush()
        publisher = Publisher(url)
        publisher.wake([("1", "sweep")])
        publisher.close()
        with redis_server.client() as client:
            return bool(client.exists(QUEUE))

    return publish


@pytest.mark.parametrize("query", [CA, "?ssl_ca_certs={ca}"])
def test_a_broker_under_the_named_authority_is_reached(
    authority: Authority, redis_server: Valkey, published: Callable[[str], bool], query: str
) -> None:
    with tls_front(authority.pair(), redis_server.port) as port:
        url = f"rediss://127.0.0.1:{port}/0" + query.format(ca=authority.ca)
        assert embedded.reached(url)
        assert published(url)


@pytest.mark.parametrize(
    ("host", "query"),
    [
        pytest.param("127.0.0.1", "", id="nothing said of TLS"),
        pytest.param("127.0.0.1", "?health_check_interval=9", id="something else said"),
        pytest.param("127.0.0.1", "?ssl_cert_reqs=required", id="an authority nobody knows"),
        pytest.param("127.0.0.2", CA, id="another address"),
    ],
)
def test_a_broker_that_cannot_prove_itself_is_sent_nothing(
    authority: Authority,
    redis_server: Valkey,
    published: Callable[[str], bool],
    host: str,
    query: str,
) -> None:
    with tls_front(authority.pair(host), redis_server.port) as port:
        url = f"rediss://127.0.0.1:{port}/0" + query.format(ca=authority.ca)
        assert not embedded.reached(url)
        assert not published(url)
