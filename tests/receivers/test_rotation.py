"""Secrets and tokens are changed while the receivers run: nobody is refused who should not be."""

import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bbic_bridge.bootstrap import bootstrap, no_wake
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import tokens, upkeep
from bbic_bridge.settings import load
from tests.handbook.minsta import handelse
from tests.receivers.fake import CALLBACK, EXEMPEL, MALMO, OTHER, as_json, secret, signed
from tests.servers.ports import free_port, listens
from tests.servers.process import Process, running, wait_until

OLD, NEW, NEWER = secret("1"), secret("2"), secret("3")
TOKEN = "configured-0123456789abcdef"
CONFIG = f"""
master_key = "{new_root_key()}"
index_key = "{new_root_key()}"
[source.handbok]
secrets_files = [%s]
kommuner = ["malmo"]
sources = ["/handbok"]
[source.other]
secrets = ["{OTHER}"]
[callback]
url = "http://127.0.0.1:9"
secret = "{CALLBACK}"
[kommun.malmo]
system = "treserva"
write_url = "http://127.0.0.1:9"
read_url = "http://127.0.0.1:9"
webhook_secrets_files = ["malmo"]
[kommun.exempel]
system = "treserva"
write_url = "http://127.0.0.1:9"
read_url = "http://127.0.0.1:9"
webhook_secrets = ["{EXEMPEL}"]
%s
"""
WITH_TOKEN = f"""
[token.reader]
token = "{TOKEN}"
"""
NEWS = b'<Andringar xmlns="urn:bbic-bridge:treserva:1"/>'


class Receivers:
    """Running receivers, and the configuration that they read."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        for name, text in (("old", OLD), ("new", NEW), ("newer", NEWER), ("malmo", MALMO)):
            (folder / name).write_text(text)
        self.configure("old")
        self.process = Process(
            name="receivers",
            command=(
                *(sys.executable, "-m", "bbic_bridge.receivers", "--factory"),
                *("bbic_bridge.receivers:create_app", "--port", str(port)),
            ),
            log=folder / "receivers.log",
            env={"BBIC_CONFIG": str(self.config)},
            cwd=folder,
        )

    @property
    def config(self) -> Path:
        return self.folder / "bridge.toml"

    def configure(self, *secrets: str, more: str = WITH_TOKEN) -> None:
        """As a careful hand writes it: a new file that takes the old one's place."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(CONFIG % (", ".join(f'"{name}"' for name in secrets), more))
        fresh.replace(self.config)

    def send(self, with_secret: str, **attributes: Any) -> httpx.Response:
        event = handelse("beslut.fattat") | {"source": "/handbok"} | attributes
        body = as_json(event)
        headers = signed(body, with_secret=with_secret, now=datetime.now(UTC))
        return self.http.post("/v1/events", content=body, headers=headers)

    def tell(self, kommun: str, with_secret: str) -> int:
        headers = signed(NEWS, "application/xml", with_secret, datetime.now(UTC))
        url = f"/v1/webhooks/treserva/{kommun}"
        return self.http.post(url, content=NEWS, headers=headers).status_code

    def feed(self, token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return self.http.get("/v1/deliveries", headers=headers).status_code


@pytest.fixture
def receivers(tmp_path: Path) -> Iterator[Receivers]:
    port = free_port()
    found = Receivers(tmp_path, port)
    upkeep.migrate(load(found.config))
    with closing(found.http), running(found.process):
        found.process.ready(lambda: listens(port))
        yield found


class Sender(threading.Thread):
    """Sends the same event without a pause, and counts what it is answered."""

    def __init__(self, receivers: Receivers, with_secret: str) -> None:
        super().__init__()
        self.answers: list[int] = []
        self._enough = threading.Event()
        self._receivers = receivers
        self._secret = with_secret

    def run(self) -> None:
        while not self._enough.is_set():
            self.answers.append(self._receivers.send(self._secret).status_code)

    def __enter__(self) -> "Sender":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self.join()


def test_a_secret_is_replaced_without_a_refusal_or_a_restart(receivers: Receivers) -> None:
    assert receivers.send(OLD).status_code == 202
    assert receivers.send(NEW).status_code == 401
    with Sender(receivers, OLD) as old:
        receivers.configure("new", "old")
        wait_until(lambda: receivers.send(NEW).status_code == 202, what="the new secret")
    with Sender(receivers, NEW) as new:
        receivers.configure("new")
        wait_until(lambda: receivers.send(OLD).status_code == 401, what="the old one is refused")
    assert set(old.answers) | set(new.answers) == {202}
    assert min(len(old.answers), len(new.answers)) > 1
    assert receivers.process.running


def test_the_same_file_may_get_another_secret(receivers: Receivers) -> None:
    """As a mounted secret changes: the configuration stays as it is."""
    (receivers.folder / "old").write_text(NEWER)
    wait_until(lambda: receivers.send(NEWER).status_code == 202, what="the file's new content")
    assert receivers.send(OLD).status_code == 401
    assert receivers.tell("malmo", MALMO) == 202
    (receivers.folder / "malmo").write_text(NEW)
    wait_until(lambda: receivers.tell("malmo", NEW) == 202, what="the kommun's new secret")
    assert receivers.tell("malmo", MALMO) == 401


def test_a_secret_counts_for_its_direction_source_and_kommun_only(receivers: Receivers) -> None:
    receivers.configure("old", "new")
    wait_until(lambda: receivers.send(NEW).status_code == 202, what="the new secret")
    for mine in (OLD, NEW):
        assert receivers.send(mine, kommun="exempel").status_code == 403
        assert receivers.send(mine, source="/elsewhere").status_code == 403
        assert receivers.tell("malmo", mine) == 401
    for theirs in (CALLBACK, MALMO, EXEMPEL):
        assert receivers.send(theirs).status_code == 401
    assert receivers.tell("malmo", EXEMPEL) == 401
    assert receivers.tell("exempel", EXEMPEL) == 202


def test_what_is_not_sound_changes_nothing_and_is_logged(receivers: Receivers) -> None:
    (receivers.folder / "new").write_text("whsec_short")
    receivers.configure("new")
    wait_until(
        lambda: receivers.send(OLD).status_code and "secrets_not_read" in receivers.process.tail(),
        what="the complaint",
    )
    assert receivers.send(OLD).status_code == 202
    assert "short" not in receivers.process.tail()
    (receivers.folder / "new").write_text(NEW)
    wait_until(lambda: receivers.send(NEW).status_code == 202, what="the mended secret")
    assert receivers.send(OLD).status_code == 401


def test_tokens_come_and_go_without_a_restart(receivers: Receivers) -> None:
    assert receivers.feed(TOKEN) == 200
    receivers.configure("old", more="")
    wait_until(lambda: receivers.feed(TOKEN) == 401, what="a token that was taken out")
    with closing(bootstrap(load(receivers.config), wake=no_wake)) as bridge:
        made = tokens.add(
            bridge,
            "tool",
            role="read",
            use="operator",
            kommuner=("*",),
            expires=None,
            actor="cli:anna",
        )
        assert receivers.feed(made) == 200
        tokens.revoke(bridge, "tool", actor="cli:anna")
        assert receivers.feed(made) == 401
