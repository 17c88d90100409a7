"""Every store test runs on both databases."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bbic_bridge.security.envelope import RootKeys, new_root_key
from bbic_bridge.store.store import Store
from tests.servers.postgres import Postgres

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START
        self._passed = 0.0

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        """Lets time pass."""
        self.now += timedelta(seconds=seconds)
        self._passed += seconds

    def jump(self, seconds: float) -> None:
        """Sets the wall clock, forward or back: no time passes."""
        self.now += timedelta(seconds=seconds)

    def ahead(self) -> float:
        """How much time has been let pass."""
        return self._passed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of the newest schema."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "bridge.db")
        return f"sqlite:///{tmp_path}/bridge.db"
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.url(server.database(request.getfixturevalue("postgres_template")))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database without schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bridge.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def roots() -> RootKeys:
    return RootKeys(new_root_key(), new_root_key())


@pytest.fixture
def store(database_url: str, roots: RootKeys, clock: Clock) -> Iterator[Store]:
    opened = Store(database_url, roots, clock)
    opened.open(["malmo"])
    yield opened
    opened.close()
