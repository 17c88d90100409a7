"""Fixtures that every test may ask for: real servers, one of each per test process."""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from bbic_bridge.store.migrate import migrate
from tests.servers.bridge import COMMAND, Bridge
from tests.servers.configuration import Configuration, write_configuration
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres, postgres
from tests.servers.process import ALIVE, Process, running
from tests.servers.sandbox import Sandbox
from tests.servers.valkey import Valkey, valkey

_MEMORY = Path("/dev/shm")  # noqa: S108  folders with names of their own are made in it
_ENOUGH = 4 * 2**30


def _keep_files_in_memory() -> None:
    """Where there is room and nobody has chosen otherwise: a disk makes the tests twice as slow,
    and none of them cuts the power."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    runs = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC  # PostgreSQL's programs are copied there
    if runs and shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


_keep_files_in_memory()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder with a short path (sockets) that other users can reach (PostgreSQL)."""
    folder = Path(tempfile.mkdtemp(prefix="bbic-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[Postgres]:
    folder = server_folder / "postgres"
    folder.mkdir()
    with postgres(folder) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> str:
    """A new, empty database of a real PostgreSQL."""
    return postgres_server.url(postgres_server.database())


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a database of the newest schema, to be copied: that is faster than migrating."""
    name = postgres_server.database()
    migrate(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in a file."""
    file = tmp_path_factory.mktemp("template") / "bridge.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def redis_server(server_folder: Path) -> Iterator[Valkey]:
    folder = server_folder / "valkey"
    folder.mkdir()
    with valkey(folder) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: Valkey) -> str:
    """A real, empty, Redis-compatible server."""
    redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def bridge_port() -> int:
    """Where a bridge under test listens: known beforehand, for the vendors' webhooks."""
    return free_port()


@pytest.fixture(scope="session")
def sandbox_server(server_folder: Path, bridge_port: int) -> Iterator[Sandbox]:
    port = free_port()
    served = Sandbox(f"http://127.0.0.1:{port}")
    folder = server_folder / "sandbox"
    config = write_configuration(folder, sandbox_url=served.url, port=bridge_port)
    words = ["sandbox", "--config", str(config.path), "--port", str(port), "--bridge", config.url]
    with served, running(Process("sandbox", [*COMMAND, *words], folder / "log")) as process:
        process.ready(served.answers)
        yield served


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """Both vendor systems, empty and faultless."""
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def database_url() -> str:
    """The embedded default; a test module that wants another overrides this fixture."""
    return ""


@pytest.fixture
def broker_url() -> str:
    """The embedded default; a test module that wants another overrides this fixture."""
    return ""


@pytest.fixture
def config(
    tmp_path: Path, sandbox: Sandbox, bridge_port: int, database_url: str, broker_url: str
) -> Configuration:
    """A configuration of two kommuner, ``malmo`` and ``exempel``, against the sandbox."""
    return write_configuration(
        tmp_path / "bridge",
        sandbox_url=sandbox.url,
        port=bridge_port,
        database_url=database_url,
        broker_url=broker_url,
    )


@pytest.fixture
def bridge(config: Configuration, tmp_path: Path) -> Iterator[Bridge]:
    """A bridge with that configuration; the test starts what it wants of it."""
    started = Bridge(config, tmp_path)
    with closing(started):
        yield started


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that a test runs in its own process leaves its way of logging to no other."""
    yield
    structlog.reset_defaults()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test shows what the real processes said."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {process.name}", process.tail()) for process in ALIVE]
    return report
