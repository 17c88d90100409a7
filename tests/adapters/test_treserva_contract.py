"""Treserva keeps the contract of every vendor's adapter."""

from pydantic import SecretStr

from bbic_bridge.settings import Kommun
from tests.adapters.conftest import TOKEN
from tests.adapters.contract_changes import ChangesContract


class TestTreserva(ChangesContract):
    name = "treserva"
    kommun = "exempel"

    def settings(self, vendors: str) -> Kommun:
        return Kommun(
            system="treserva",
            write_url=f"{vendors}/treserva/exempel/api",
            read_url=f"{vendors}/treserva/exempel/api",
            token=SecretStr(TOKEN),
        )
