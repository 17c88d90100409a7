"""Procapita keeps the contract of every vendor's adapter."""

from pydantic import SecretStr

from bbic_bridge.settings import Kommun
from tests.adapters.conftest import KEY, TOKEN
from tests.adapters.contract_changes import ChangesContract


class TestProcapita(ChangesContract):
    name = "procapita"
    kommun = "malmo"

    def settings(self, vendors: str) -> Kommun:
        return Kommun(
            system="procapita",
            write_url=f"{vendors}/procapita/malmo/soap",
            read_url=f"{vendors}/procapita/malmo/WESE.FC.Api.FC",
            domain="malmo",
            key=SecretStr(KEY),
            token=SecretStr(TOKEN),
        )
