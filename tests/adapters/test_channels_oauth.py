"""OAuth client credentials: one token for all, renewed in time, exchanged once when refused."""

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest

from bbic_bridge import adapters
from bbic_bridge.adapters import System, build_workflow
from bbic_bridge.adapters.channels.http import Clock, Http
from bbic_bridge.delivery.errors import (
    ConfigurationError,
    Contract,
    DeliveryError,
    Rejected,
    Transient,
)
from bbic_bridge.settings import Callback, Kommun
from tests.adapters.orders import order
from tests.servers.certificates import Authority
from tests.servers.https import Asked, Reply, https

SECRET = "hemlig & lång=+/"
BODY = b"<Personligt/>"
ORDER = order("registrera_beslut")
CALLBACK_SECRET = "whsec_" + "b2xk" * 8


class Login:
    """A token endpoint: each token is its number, unless something else is to be answered."""

    def __init__(self) -> None:
        self.given = 0
        self.lifetime: Any = 3600
        self.instead: Reply | None = None
        self.first: Callable[[], None] = lambda: None

    def __call__(self, _: Asked) -> Reply:
        self.first()
        if self.instead is not None:
            return self.instead
        self.given += 1
        told = {"access_token": f"token-{self.given}", "token_type": "Bearer"}
        lifetime = {} if self.lifetime is None else {"expires_in": self.lifetime}
        return Reply(200, json.dumps(told | lifetime).encode())


class Vendor:
    """Takes the tokens in ``good``."""

    def __init__(self) -> None:
        self.good: Callable[[str], bool] = lambda token: token.startswith("token-")
        self.first: Callable[[], None] = lambda: None

    def __call__(self, asked: Asked) -> Reply:
        self.first()
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return Reply() if self.good(token) else Reply(401)


class House:
    """Both over TLS under one private authority, a clock that stands, and a channel to them."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.authority = Authority.in_folder(folder)
        self.login, self.vendor = Login(), Vendor()
        pair = self.authority.pair()
        self.login_peer = opened.enter_context(https(pair, self.login))
        self.vendor_peer = opened.enter_context(https(pair, self.vendor))
        self.time = 0.0
        self.clock = Clock(monotonic=lambda: self.time, sleep=lambda _: None)
        self.system = self.built()
        opened.callback(self.system.close)

    def settings(self, **changed: Any) -> dict[str, Any]:
        token = {
            "token_url": f"{self.login_peer.url}/token",
            "client_id": "bron åäö",
            "client_secret": SECRET,
            "scope": "write read",
        }
        return {
            "system": "treserva",
            "write_url": f"{self.vendor_peer.url}/api",
            "read_url": f"{self.vendor_peer.url}/api",
            "ca": "ca.pem",
            "oauth": token,
        } | changed

    def built(self, **changed: Any) -> System:
        kommun = Kommun.model_validate(self.settings(**changed))
        return adapters.build("exempel", kommun, base=self.authority.folder, clock=self.clock)

    @property
    def http(self) -> Http:
        return self.system._write

    def tokens(self) -> list[str]:
        return [one.headers["authorization"].split()[1] for one in self.vendor_peer.asked]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as opened:
        yield House(tmp_path, opened)


def failed(house: House) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        house.http.write("", BODY, {})
    return caught.value


def test_a_token_is_fetched_as_the_standard_says(house: House) -> None:
    assert house.http.write("/x", BODY, {"X": "y"}).status == 200
    (asked,) = house.login_peer.asked
    assert (asked.method, asked.path) == ("POST", "/token")
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["write read"],
    }
    basic = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    assert [unquote_plus(part) for part in basic.split(":")] == ["bron åäö", SECRET]
    (sent,) = house.vendor_peer.asked
    assert sent.headers["authorization"] == "Bearer token-1"
    assert (sent.headers["x"], sent.body) == ("y", BODY)


def test_one_token_serves_reads_and_writes_until_shortly_before_its_end(house: House) -> None:
    house.http.write("", BODY, {})
    house.time = 3600 - 61
    house.http.read("GET")
    assert house.login.given == 1
    house.time = 3600 - 60
    house.http.read("GET")
    assert house.tokens() == ["token-1", "token-1", "token-2"]


@pytest.mark.parametrize(
    ("lifetime", "kept_s", "gone_s"), [(None, 29, 31), ("3600", 29, 31), (10, 4, 6), (-5, 29, 31)]
)
def test_a_lifetime_that_is_short_or_not_told(
    house: House, lifetime: Any, kept_s: float, gone_s: float
) -> None:
    house.login.lifetime = lifetime
    house.http.read("GET")
    house.time = kept_s
    house.http.read("GET")
    assert house.login.given == 1
    house.time = gone_s
    house.http.read("GET")
    assert house.login.given == 2


def test_threads_share_one_fetch(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: house.http.read("GET"), range(24)))
    assert {answer.status for answer in answers} == {200}
    assert house.login.given == 1


def test_a_token_that_was_called_back_is_exchanged_once(house: House) -> None:
    house.http.write("", BODY, {})
    house.vendor.good = lambda token: token == "token-2"
    assert house.http.write("", BODY, {}).status == 200
    assert house.tokens() == ["token-1", "token-1", "token-2"]


def test_who_refuses_every_token_is_believed(house: House) -> None:
    house.vendor.good = lambda _: False
    with pytest.raises(Rejected, match="unauthorised"):
        house.system.send(ORDER, house.system.prepare(ORDER))
    assert house.http.read("GET").status == 401
    assert house.login.given == 3
    assert len(house.vendor_peer.asked) == 4


@pytest.mark.parametrize(
    ("instead", "code"),
    [
        (Reply(400, b'{"error": "invalid_client"}'), "token_refused"),
        (Reply(401, SECRET.encode()), "token_refused"),
        (Reply(503), "token_unavailable"),
        (Reply(200, b"<html/>"), "token_malformed"),
        (Reply(200, b'{"access_token": "a", "token_type": "mac"}'), "token_malformed"),
        (Reply(200, b'{"access_token": "a b", "token_type": "bearer"}'), "token_malformed"),
        (Reply(200, b'{"access_token": "a\\r\\nX: y", "token_type": "bearer"}'), "token_malformed"),
        (Reply(200, b'{"access_token": 7, "token_type": "bearer"}'), "token_malformed"),
        (Reply(200, b"[" * 5000), "token_malformed"),
        (Reply(200, b" " * 70_000), "token_malformed"),
    ],
)
def test_without_a_token_nothing_is_sent_and_it_may_be_tried_again(
    house: House, instead: Reply, code: str
) -> None:
    house.login.instead = instead
    error = failed(house)
    assert (type(error), error.code, error.answer) == (Transient, code, None)
    assert house.vendor_peer.asked == []
    house.login.instead = None
    assert house.http.write("", BODY, {}).status == 200


def test_a_redirect_is_not_followed_with_the_secret(house: House) -> None:
    with https(house.authority.pair()) as elsewhere:
        house.login.instead = Reply(307, b"", {"Location": f"{elsewhere.url}/token"})
        assert failed(house).code == "token_refused"
    assert elsewhere.asked == []


def test_nor_one_of_the_vendor_s_with_the_token(house: House) -> None:
    with https(house.authority.pair()) as elsewhere:
        away = Reply(308, b"", {"Location": elsewhere.url})
        with https(house.authority.pair(), lambda _: away) as vendor:
            system = house.built(write_url=vendor.url)
            with closing(system), pytest.raises(Contract, match="http_308"):
                system.send(ORDER, system.prepare(ORDER))
    assert elsewhere.asked == []


def test_the_token_endpoint_must_be_under_the_kommun_s_authority(
    house: House, tmp_path: Path
) -> None:
    stranger = Authority.in_folder(tmp_path / "stranger")
    with https(stranger.pair(), house.login) as login:
        token = house.settings()["oauth"] | {"token_url": login.url}
        system = house.built(oauth=token)
        with pytest.raises(Transient, match="token_unavailable"):
            system._write.write("", BODY, {})
        system.close()
    assert login.asked == []


def test_fetching_shares_the_deadline_of_the_exchange(house: House) -> None:
    """The lease covers one exchange: a slow token endpoint must not make it two."""
    house.http.write("", BODY, {})

    def later(seconds: float) -> None:
        house.time += seconds

    house.vendor.first, house.vendor.good = lambda: later(9), lambda _: False
    house.login.first, house.login.instead = lambda: later(5), Reply(503)
    assert failed(house).code == "token_unavailable"
    assert len(house.login_peer.asked) == 2


def test_neither_secret_nor_token_is_told_anywhere(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        house.http.write("", BODY, {})
        house.vendor.good = lambda _: False
        house.http.read("GET")
        house.login.instead = Reply(400, SECRET.encode())
        error = failed(house)
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    told += repr(house.system.__dict__) + repr(house.http._authority)
    basic = house.login_peer.asked[0].headers["authorization"].removeprefix("Basic ")
    for private in (SECRET, basic, "token-1", "token-2"):
        assert private not in told


def test_the_workflow_may_ask_for_a_token_too(house: House) -> None:
    token = house.settings()["oauth"]
    callback = Callback.model_validate(
        {
            "url": f"{house.vendor_peer.url}/events",
            "secret": CALLBACK_SECRET,
            "ca": "ca.pem",
            "oauth": token,
        }
    )
    system = build_workflow(callback, base=house.authority.folder, clock=house.clock)
    assert system._write.write("", BODY, {}).status == 200
    system.close()
    assert house.tokens() == ["token-1"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"token": "fast"}, "kommun.exempel: token, oauth: "),
        ({"ca": "no.pem"}, "setting kommun.exempel.ca: there is no file .*/no.pem"),
        ({"client_cert": "no.pem"}, "setting kommun.exempel.client_cert: there is no file"),
    ],
)
def test_a_wrong_setting_is_told_with_its_kommun(
    house: House, changed: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{named}"):
        house.built(**changed)
