"""Where nobody can make us go, and that what was checked is what is called."""

import socket
import ssl
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from summarizer import outbound
from summarizer.endpoints import check
from summarizer.errors import AddressForbidden
from summarizer.settings import Settings
from tests.receiver import Reply, receiving

INSIDE = """
127.0.0.1 127.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254 0.0.0.0 100.64.0.1 192.0.0.1
192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1::1 2002:c0a8:1::
2001:0:7f00:1::1 2001:db8::1 2001:10::1 2001:2::1 3fff::1 100::1 5f00::1
""".split()
SPELLINGS = """
https://127.0.0.1 https://[::1] https://[::ffff:127.0.0.1] https://[::ffff:7f00:1] https://[0:0:0:0:0:0:0:1]
https://2130706433 https://0x7f000001 https://0x7f.0.0.1 https://0177.0.0.1 https://017700000001 https://127.1
https://127.0.1 https://0 https://0x0 https://127.0.0.1. https://127.0.0.01 https://１２７.0.0.1 https://127。0。0。1
https://①②⑦.⓪.⓪.① https://%31%32%37.0.0.1 https://[fe80::1%25eth0] https://[64:ff9b::7f00:1] https://169.254.169.254
https://user@example.com https://user:password@example.com https://example.com@127.0.0.1 https://example.com\\@127.0.0.1
https://localhost https://localhost. https://LOCALHOST https://a.localhost https://intranet https://db.internal
https://printer.local http://example.com http://127.0.0.1 ftp://example.com file:///etc/passwd gopher://example.com
https://example.com:22 https://example.com:80 https://example.com:6379 https://example.com:0 //example.com example.com
https:// https:///x https://exa\tmple.com https://ex_ample..com https://example.com/#fragment https://[::1
javascript:alert(1) https://[v1.x] https://metadata.google.internal
""".strip().split()


class Wire(httpcore.NetworkBackend):
    """Remembers where it was to connect, and goes nowhere."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        self.called.append(host)
        raise httpcore.ConnectError("nobody there")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(_env_file=None, database_url="postgresql://h/d", redis_url="redis://h", master_key="k")


def _allowing(settings: Settings, *networks: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        master_key=settings.master_key,
        outbound_networks=",".join(networks),
    )


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_stands_for_an_inside_address_is_not_called(settings: Settings, address: str) -> None:
    wire = Wire()
    with (
        outbound.client(settings, resolve=lambda *_: [address], network=wire) as client,
        pytest.raises(AddressForbidden),
    ):
        client.get("https://example.com")
    assert wire.called == []


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_an_inside_address_becomes_an_endpoint(settings: Settings, url: str) -> None:
    with pytest.raises(AddressForbidden):
        check(url, settings)


def test_the_tables_are_long_enough() -> None:
    assert len(INSIDE) >= 40
    assert len(SPELLINGS) >= 40


@pytest.mark.parametrize("url", [one for one in SPELLINGS if one.startswith(("https://", "http://"))])
def test_no_spelling_is_called_either(settings: Settings, url: str) -> None:
    """A row that got past the check, as one of an older version, is checked again on the way out."""
    wire = Wire()
    with (
        outbound.client(settings, resolve=lambda *_: ["127.0.0.1"], network=wire) as client,
        pytest.raises((AddressForbidden, httpx.InvalidURL, httpx.UnsupportedProtocol)),
    ):
        client.get(url)
    assert wire.called == []


@pytest.mark.parametrize(
    "url",
    ["https://example.com/a?b", "https://example.com:8443", "https://8.8.8.8", "https://[2606:4700::1111]/x"],
)
def test_an_address_of_the_internet_is_taken(settings: Settings, url: str) -> None:
    check(url, settings)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_what_is_called_is_the_address_that_was_checked(settings: Settings, address: str) -> None:
    wire, asked = Wire(), []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return [address] if len(asked) == 1 else ["127.0.0.1"]

    with outbound.client(settings, resolve=rebinding, network=wire) as client:
        with pytest.raises(httpx.ConnectError):
            client.get("https://example.com")
        assert (asked, wire.called) == (["example.com"], [address])
        with pytest.raises(AddressForbidden):
            client.get("https://example.com")
    assert wire.called == [address]


def test_one_inside_address_among_others_refuses_the_name(settings: Settings) -> None:
    wire = Wire()
    with (
        outbound.client(settings, resolve=lambda *_: ["8.8.8.8", "10.0.0.1"], network=wire) as client,
        pytest.raises(AddressForbidden),
    ):
        client.get("https://example.com")
    assert wire.called == []


def test_a_name_that_is_not_found_is_not_called(settings: Settings) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    for resolve in (unknown, lambda *_: []):
        wire = Wire()
        with outbound.client(settings, resolve=resolve, network=wire) as client, pytest.raises(httpx.ConnectError):
            client.get("https://example.com")
        assert wire.called == []


def test_a_redirect_to_the_inside_is_not_followed(settings: Settings) -> None:
    with (
        receiving() as inside,
        receiving(Reply(302, {"location": inside.url})) as outside,
        outbound.client(_allowing(settings, "127.0.0.0/8")) as client,
    ):
        answer = client.post(outside.url, content=b"{}")
    assert answer.status_code == 302
    assert (len(outside.received), len(inside.received)) == (1, 0)


def test_what_an_owner_allows_is_called_and_its_neighbours_are_not(settings: Settings) -> None:
    allowing = _allowing(settings, "127.0.0.1/32", "fd00::/8")
    with receiving() as receiver, outbound.client(allowing) as client:
        assert client.post(receiver.url, content=b"{}").status_code == 200
    wire = Wire()
    with outbound.client(allowing, resolve=lambda *_: ["127.0.0.2"], network=wire) as client:
        for url in ("http://127.0.0.2", "https://127.0.0.2", "http://crm.internal"):
            with pytest.raises(AddressForbidden):
                client.get(url)
    with (
        outbound.client(allowing, resolve=lambda *_: ["8.8.8.8"], network=wire) as client,
        pytest.raises(AddressForbidden),
    ):
        client.get("http://example.com")
    assert wire.called == []


def test_no_proxy_is_asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        wire = Wire()
        with (
            outbound.client(settings, resolve=lambda *_: ["8.8.8.8"], network=wire) as client,
            pytest.raises(httpx.ConnectError),
        ):
            client.get("https://example.com")
        assert (wire.called, proxy.received) == (["8.8.8.8"], [])


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request(settings: Settings) -> None:
    with (
        receiving(Reply(200, {"set-cookie": "a=b; Path=/"})) as receiver,
        outbound.client(_allowing(settings, "127.0.0.0/8")) as client,
    ):
        for _ in range(2):
            client.post(receiver.url, content=b"{}")
    assert ["cookie" in one.headers for one in receiver.received] == [False, False]


def test_an_answer_that_drips_ends_with_the_time_for_all_of_it(settings: Settings) -> None:
    with (
        receiving(Reply(200, drip_seconds=0.05)) as receiver,
        outbound.client(_allowing(settings, "127.0.0.0/8")) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.post(receiver.url, content=b"{}", extensions={"seconds": 0.5})


def test_tls_is_checked_against_the_name_and_not_the_address(settings: Settings, tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, name="crm.example.com")
    trusting = ssl.create_default_context(cafile=str(certificate))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    asked: list[str] = []
    serving.sni_callback = lambda _, name, __: asked.append(name)
    allowing = _allowing(settings, "127.0.0.0/8")
    with receiving(tls=serving) as receiver:
        port = httpx.URL(receiver.url).port
        with outbound.client(allowing, resolve=lambda *_: ["127.0.0.1"], tls=trusting) as client:
            assert client.post(f"https://crm.example.com:{port}/hook", content=b"{}").status_code == 200
            with pytest.raises(httpx.ConnectError, match=r"crm\.example\.org"):
                client.post(f"https://crm.example.org:{port}/hook", content=b"{}")
        with (
            outbound.client(allowing, resolve=lambda *_: ["127.0.0.1"]) as client,
            pytest.raises(httpx.ConnectError, match="self-signed"),
        ):
            client.post(f"https://crm.example.com:{port}/hook", content=b"{}")
    assert asked == ["crm.example.com", "crm.example.org", "crm.example.com"]
    assert len(receiver.received) == 1


def _certificate(directory: Path, *, name: str) -> Path:
    """A key and a certificate that it signed itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = directory / "certificate.pem"
    path.write_bytes(key.private_bytes(*form) + made.public_bytes(Encoding.PEM))
    return path


def test_a_resolver_that_hangs_costs_no_more_than_the_time_to_connect(settings: Settings) -> None:
    with outbound.client(settings, resolve=_hang) as client, pytest.raises(httpx.ConnectTimeout):
        client.get("https://example.com", timeout=httpx.Timeout(5, connect=0.2))


def test_networks_and_ports_are_listed_with_commas_or_as_json(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for networks, ports in (("10.0.0.0/8, fd00::/8", "443"), ('["10.0.0.0/8", "fd00::/8"]', "[443]")):
        monkeypatch.setenv("OUTBOUND_NETWORKS", networks)
        monkeypatch.setenv("CALLBACK_PORTS", ports)
        read = Settings(_env_file=None, database_url="d", redis_url="r", master_key="k")
        assert [str(one) for one in read.outbound_networks] == ["10.0.0.0/8", "fd00::/8"]
        assert read.callback_ports == (443,)
    assert settings.outbound_networks == ()
    assert settings.lease > timedelta(seconds=outbound.SECONDS)


def _hang(*_: object) -> list[str]:
    time.sleep(1)
    return ["8.8.8.8"]
