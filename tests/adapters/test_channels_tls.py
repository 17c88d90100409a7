"""TLS: whom a channel believes, whom it shows itself to be, and what it never does."""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bbic_bridge.adapters.channels import statuses
from bbic_bridge.adapters.channels.http import ATTEMPTS, Clock, Http
from bbic_bridge.adapters.channels.tls import _context, context_of
from bbic_bridge.delivery.errors import ConfigurationError, Contract, DeliveryError, Transient
from bbic_bridge.settings import Partner
from tests.servers.certificates import Authority, Pair
from tests.servers.https import Reply, https

BODY = b"<Personligt/>"
CLOCK = Clock(sleep=lambda _: None)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.in_folder(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.in_folder(tmp_path_factory.mktemp("stranger"), "Någon annans CA")


@contextmanager
def channel(url: str, authority: Authority | None, own: Pair | None = None) -> Iterator[Http]:
    """A channel as a kommun's configuration makes it; paths count from the authority's folder."""
    partner = Partner(
        ca="ca.pem" if authority else "",
        client_cert=str(own.cert) if own else "",
        client_key=str(own.key) if own else "",
    )
    tls = context_of(partner, authority.folder if authority else Path())
    with closing(Http(url, timeout_s=10, clock=CLOCK, tls=tls)) as http:
        yield http


def refused(http: Http, *, writes: bool = True) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        http.write("/x", BODY, {}) if writes else http.read("GET", "/x")
    return caught.value


def test_the_kommun_s_own_authority_is_believed(authority: Authority) -> None:
    with https(authority.pair()) as peer, channel(peer.url, authority) as http:
        assert http.write("/soap", BODY, {}).body == b"ok"
    assert [(one.path, one.body) for one in peer.asked] == [("/soap", BODY)]


def test_where_it_is_named_nobody_else_is_believed(
    authority: Authority, stranger: Authority
) -> None:
    with https(stranger.pair()) as peer, channel(peer.url, authority) as http:
        error = refused(http)
    assert (type(error), error.code) == (Transient, "tls_failed")
    assert peer.asked == []


@pytest.fixture
def trusting(stranger: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that believes the stranger, whatever a kommun says."""
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.ca))
    _context.cache_clear()
    yield
    _context.cache_clear()


@pytest.mark.usefixtures("trusting")
def test_where_it_is_named_the_machine_s_own_trust_does_not_count(
    authority: Authority, stranger: Authority
) -> None:
    with https(stranger.pair()) as peer:
        with channel(peer.url, None) as http:
            assert http.write("/x", BODY, {}).body == b"ok"
        with channel(peer.url, authority) as http:
            assert refused(http).code == "tls_failed"
    assert len(peer.asked) == 1


def test_each_kommun_believes_its_own_authority_and_not_the_other_s(
    authority: Authority, stranger: Authority
) -> None:
    with https(authority.pair()) as ours, https(stranger.pair()) as theirs:
        for peer, believed, other in ((ours, authority, stranger), (theirs, stranger, authority)):
            with channel(peer.url, believed) as http:
                assert http.write("/x", BODY, {}).body == b"ok"
            with channel(peer.url, other) as http:
                assert refused(http).code == "tls_failed"


def test_without_it_a_private_authority_is_not_believed(authority: Authority) -> None:
    with https(authority.pair()) as peer, channel(peer.url, None) as http:
        assert refused(http).code == "tls_failed"
    assert peer.asked == []


@pytest.mark.parametrize(
    ("host", "left"),
    [
        pytest.param("127.0.0.1", timedelta(days=-1), id="expired"),
        pytest.param("procapita.example", timedelta(days=9), id="another name"),
        pytest.param("127.0.0.2", timedelta(days=9), id="another address"),
    ],
)
def test_a_bad_certificate_is_not_believed(
    authority: Authority, host: str, left: timedelta
) -> None:
    with https(authority.pair(host, left=left)) as peer, channel(peer.url, authority) as http:
        error = refused(http)
    assert (type(error), error.code) == (Transient, "tls_failed")
    assert peer.asked == []


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_we_are_is_shown_where_it_is_asked_for(
    authority: Authority, newest: ssl.TLSVersion
) -> None:
    pair, own = authority.pair(), authority.pair("bbic-bridge")
    with (
        https(pair, clients=authority.ca, newest=newest) as peer,
        channel(peer.url, authority, own) as http,
    ):
        assert http.write("", BODY, {}).status == 200


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("whose", ["nobody", "stranger"])
def test_a_server_that_does_not_know_us_was_never_sent_anything(
    authority: Authority, stranger: Authority, newest: ssl.TLSVersion, whose: str
) -> None:
    """It may be tried again: nothing can have happened there."""
    own = stranger.pair("bbic-bridge") if whose == "stranger" else None
    with (
        https(authority.pair(), clients=authority.ca, newest=newest) as peer,
        channel(peer.url, authority, own) as http,
    ):
        error = refused(http)
    assert type(error) is Transient
    assert error.code in {"tls_failed", "certificate_refused"}
    assert peer.asked == []


def test_less_than_tls_1_2_is_not_spoken(authority: Authority) -> None:
    with (
        https(authority.pair(), newest=ssl.TLSVersion.TLSv1_1) as peer,
        channel(peer.url, authority) as http,
    ):
        assert refused(http).code == "tls_failed"
    assert peer.asked == []


def test_checking_cannot_be_switched_off(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither by a setting nor by the environment, which cannot lay the traffic open either."""
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    fresh = Authority.in_folder(tmp_path / "ca")
    context = context_of(Partner(ca="ca.pem"), fresh.folder)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    with https(fresh.pair()) as peer, channel(peer.url, fresh) as http:
        assert http.read("GET").status == 200
    assert not (tmp_path / "keys.log").exists()
    assert not {"verify", "insecure", "check_hostname"} & Partner.model_fields.keys()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(authority: Authority, status: int) -> None:
    with https(authority.pair()) as elsewhere:
        away = Reply(status, b"", {"Location": f"{elsewhere.url}/x"})
        with https(authority.pair(), lambda _: away) as peer, channel(peer.url, authority) as http:
            for answer in (http.write("", BODY, {}), http.read("GET", "/x")):
                assert answer.status == status
                assert type(statuses.after_write(answer, CLOCK.now())) is Contract
                assert type(statuses.after_read(answer, CLOCK.now())) is Contract
    assert elsewhere.asked == []
    assert len(peer.asked) == 2


def test_a_failed_handshake_is_tried_again_by_itself(
    authority: Authority, stranger: Authority
) -> None:
    waits: list[float] = []
    clock = Clock(sleep=waits.append)
    with https(stranger.pair()) as peer:
        tls = context_of(Partner(ca="ca.pem"), authority.folder)
        with closing(Http(peer.url, timeout_s=10, clock=clock, tls=tls)) as http:
            refused(http)
    assert len(waits) == ATTEMPTS - 1


@pytest.mark.parametrize(
    ("partner", "named"),
    [
        ({"ca": "nowhere.pem"}, "ca"),
        ({"ca": "junk.pem"}, "ca: is no file of certificates"),
        ({"ca": "ca.pem", "client_cert": "junk.pem"}, "client_cert: holds no certificate with its"),
        ({"client_cert": "ca.pem", "client_key": "junk.pem"}, "client_cert, client_key: are no"),
        ({"ca": "ca.pem", "client_key": "1.key"}, "client_key: there is no client_cert"),
        ({"ca": "no.pem"}, "ca: there is no file .*/no.pem$"),
        ({"client_cert": "no.pem"}, "client_cert: there is no file .*/no.pem$"),
        (
            {"client_cert": "ca.pem", "client_key": "no.key"},
            "client_key: there is no file .*/no.key$",
        ),
    ],
)
def test_files_that_are_none_are_told_by_the_setting(
    tmp_path: Path, partner: dict[str, str], named: str
) -> None:
    authority = Authority.in_folder(tmp_path)
    authority.pair()
    (tmp_path / "junk.pem").write_text("hemligt")
    with pytest.raises(ConfigurationError, match=f"^setting kommun.x.{named}") as caught:
        context_of(Partner.model_validate(partner), tmp_path, "kommun.x")
    assert "hemligt" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_with_a_password_is_refused_and_asks_nobody(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    authority = Authority.in_folder(tmp_path)
    pair = authority.pair()
    key = load_pem_private_key(pair.key.read_bytes(), None)
    locked = BestAvailableEncryption(b"password")
    pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    partner = Partner(ca="ca.pem", client_cert=pair.cert.name, client_key=pair.key.name)
    with pytest.raises(ConfigurationError, match="password"):
        context_of(partner, tmp_path)
