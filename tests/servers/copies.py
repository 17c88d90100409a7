"""A copy of a database as an operator takes it, and puts it back while no bridge runs."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from tests.servers.postgres import Postgres


class Copy(Protocol):
    """One copy; taking it again replaces it."""

    def take(self) -> None: ...
    def put_back(self) -> None: ...


@dataclass(frozen=True)
class SqliteCopy:
    """What SQLite's backup makes of the file ``database``."""

    database: Path
    kept: Path

    def take(self) -> None:
        self.kept.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.database)) as live, closing(self._open()) as copy:
            live.backup(copy)

    def put_back(self) -> None:
        for path in self.database.parent.glob(f"{self.database.name}*"):
            path.unlink()
        shutil.copy(self.kept, self.database)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.kept)


@dataclass(frozen=True)
class PostgresCopy:
    """What pg_dump makes of the database ``url``."""

    server: Postgres
    url: str
    kept: Path

    def take(self) -> None:
        self._run("pg_dump", "--format=custom", f"--file={self.kept}")

    def put_back(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        self._run("pg_restore", "--no-owner", str(self.kept))

    @property
    def _dsn(self) -> str:
        return self.url.replace("postgresql+psycopg", "postgresql")

    def _run(self, program: str, *words: str) -> None:
        command = Path(str(self.server.process.command[0])).with_name(program)
        subprocess.run([command, f"--dbname={self._dsn}", *words], check=True, timeout=60)
