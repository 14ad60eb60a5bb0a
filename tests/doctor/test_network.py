"""The way to a host on real sockets: proxies, TLS that is none, names and clocks that do not answer."""

import base64
import socket
import ssl
import threading
import time
from datetime import UTC, datetime

import pytest
import trustme

from coupa_async_client._settings import settings
from coupa_async_client.doctor import network
from coupa_async_client.doctor.network import journey, proxy_of
from coupa_async_client.doctor.network_findings import of_contact
from servers import Broken, Server, http

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CREDENTIALS = {"client_id": "id", "client_secret": "the-secret"}


def went(arguments, trust=None, **options):
    """Return what is told of each step, by its check."""
    checked = settings(**{**CREDENTIALS, **arguments})
    context = trust or ssl.create_default_context()
    steps = journey(checked, context, **{"patience": 0.5, **options})
    return {found.check: found for found in (of_contact(contact, NOW) for contact in steps)}


@pytest.fixture
def tunnel():
    """A proxy that lets everything through to one port, whatever host is asked for."""
    proxies = []

    def start(port):
        listener = socket.create_server(("127.0.0.1", 0))
        heads = []

        def serve():
            near, _ = listener.accept()
            head = b""
            while b"\r\n\r\n" not in head:
                head += near.recv(4096)
            heads.append(head.decode())
            far = socket.create_connection(("127.0.0.1", port))
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pump = threading.Thread(target=_pump, args=(far, near))
            pump.start()
            _pump(near, far)
            pump.join()
            near.close()
            far.close()

        thread = threading.Thread(target=serve)
        thread.start()
        proxies.append((listener, thread))
        return listener.getsockname()[1], heads

    yield start
    for listener, thread in proxies:
        thread.join(5)
        listener.close()


def _pump(source, sink):
    try:
        while piece := source.recv(4096):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def test_through_a_proxy_the_certificate_is_the_hosts(tunnel):
    authority = trustme.CA(organization_name="Example Authority")
    context, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("coupa.example").configure_cert(context)
    authority.configure_trust(trust)
    with Server(lambda _: http(404, date="Sun, 22 Nov 2026 00:00:00 GMT"), tls=context) as server:
        port, heads = tunnel(server.port)
        proxy = f"http://us%40er:pass@127.0.0.1:{port}"
        told = went({"instance": "coupa.example", "proxy": proxy}, trust, wall_clock=NOW.timestamp)
        assert [seen.headers["host"] for seen in server.seen] == ["coupa.example"]

    assert [each.verdict for each in told.values()] == ["ok"] * 5
    assert told["proxy"].seen == f"127.0.0.1:{port} lets requests through"
    assert told["https"].seen.startswith("issued by Example Authority, until ")
    assert told["clock"].seen == "agrees with the instance's"
    assert heads[0].startswith("CONNECT coupa.example:443 HTTP/1.1\r\n")
    pair = base64.b64encode(b"us@er:pass").decode()
    assert f"Proxy-Authorization: Basic {pair}\r\n" in heads[0]


@pytest.mark.parametrize("answer", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 what\r\n\r\n", Broken()])
def test_a_proxy_that_is_none_is_told(answer):
    with Server(lambda _: answer) as server:
        told = went({"instance": "coupa.example", "proxy": f"http://127.0.0.1:{server.port}"})

    assert list(told) == ["name", "connection", "proxy"]
    assert told["proxy"].verdict == "fail"
    assert told["proxy"].seen.endswith("it does not answer as a proxy does")


def test_a_proxy_of_another_kind_is_not_looked_into():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        told = went({"instance": "coupa.example", "proxy": f"socks5://127.0.0.1:{port}"})

    assert told["proxy"].verdict == "unknown"
    assert "socks5" in told["proxy"].seen


def test_the_environment_names_the_proxy_unless_it_excepts_the_host(monkeypatch):
    def named(instance, **more):
        return proxy_of(settings(instance=instance, **CREDENTIALS, **more))

    assert named("acme") is None
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "other.coupahost.com")
    assert named("acme") == "http://proxy.example:3128"
    assert named("other") is None
    assert named("acme", proxy="http://mine:1") == "http://mine:1"
    monkeypatch.delenv("https_proxy")
    monkeypatch.setenv("all_proxy", "proxy.example:3128")
    assert named("acme") == "proxy.example:3128"
    loopback = settings(base_url="http://127.0.0.1:1/api", **CREDENTIALS)
    assert proxy_of(loopback) is None


def test_a_server_that_speaks_no_tls_is_told():
    with Server(lambda _: http()) as server:
        told = went({"base_url": f"https://127.0.0.1:{server.port}/api"})

    assert told["https"].verdict == "fail"
    assert "speaks no TLS" in told["https"].seen
    assert "check the port" in told["https"].remedy


def test_certificates_that_are_not_checked_are_a_warning():
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(context)
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    with Server(lambda _: http(), tls=context) as server:
        told = went({"base_url": f"{server.url}/api"}, careless)

    assert (told["https"].verdict, told["clock"].verdict) == ("warn", "unknown")


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    told = went({"base_url": f"https://127.0.0.1:{port}/api"})

    assert list(told) == ["name", "connection"]
    assert told["connection"].seen == f"127.0.0.1:{port}: the connection is refused"
    assert "host and port of base_url" in told["connection"].remedy


def test_a_handshake_that_never_comes_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started = time.monotonic()
        told = went({"base_url": f"https://127.0.0.1:{deaf.getsockname()[1]}/api"})

    assert time.monotonic() - started < 3
    assert told["https"].seen.endswith("nothing answers")


def test_a_name_that_takes_for_ever_is_given_up(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(10) and [])
    try:
        told = went({"instance": "acme"}, patience=0.05)
    finally:
        release.set()

    assert list(told) == ["name"]
    assert told["name"].seen == "acme.coupahost.com does not resolve (nothing answers)"


def test_the_next_address_is_tried_where_the_first_does_not_answer():
    with Server(lambda _: http(404)) as server:
        addresses = ("127.0.0.9", "127.0.0.1")  # the server listens at the second alone
        with network._dialled(addresses, server.port, 0.5) as stream:
            assert stream.getpeername() == ("127.0.0.1", server.port)


@pytest.mark.parametrize(
    "answer",
    [
        http(404),
        http(404, date="yesterday"),
        http(404, date="\xff\xfe"),
        b"nothing like it\r\n\r\n",
        Broken(),
        Broken(ending="reset"),
        Broken(b"HTTP/1.1 200 OK\r\n", "hold"),
        b"x" * 100_000,
    ],
)
def test_an_answer_without_a_usable_date_leaves_the_clock_unknown(answer):
    with Server(lambda _: answer) as server:
        told = went({"base_url": f"{server.url}/api"})

    assert told["clock"].verdict == "unknown"


def test_many_addresses_are_cut_short():
    contact = network.Contact("a", "a", addresses=("1", "2", "3", "4", "5"))
    assert of_contact(contact, NOW).seen == "a: 1, 2, 3 and 2 more"


@pytest.mark.parametrize("proxied", [False, True])
def test_a_name_that_fails_is_told_apart_from_the_proxys(proxied):
    problem = network.Problem("name", "unheard of")
    contact = network.Contact("a", "b", problem=problem, proxied=proxied)
    remedy = of_contact(contact, NOW).remedy
    assert ("proxy's name" in remedy) == proxied


def test_a_certificate_that_the_system_keeps_to_itself_is_trusted_all_the_same():
    assert of_contact(network.Contact("a", "a", step="https"), NOW).verdict == "ok"
