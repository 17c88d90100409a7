"""What a database's address asks of TLS is asked of the server."""

import pytest

from bbic_bridge.services import upkeep
from bbic_bridge.settings import Settings
from bbic_bridge.store.engine import StoreUnavailable


def opened(url: str) -> None:
    upkeep.migrate(Settings.model_validate({"database_url": url}))


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_tls_is_refused_where_tls_is_asked_for(
    postgres_url: str, mode: str
) -> None:
    with pytest.raises(StoreUnavailable):
        opened(f"{postgres_url}?sslmode={mode}")
    opened(postgres_url)
