"""Where we may go: the public internet over TLS, and private networks that an owner has listed; nothing else inside.

What an owner calls on premises is the other way round: private networks in any way, and never the internet.

A name is judged by the addresses it stands for, and an address is read in its one plain spelling only.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from summarizer.errors import AddressForbidden

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_UNICAST = IPv6Network("2000::/3")  #: all of IPv6 that is given out
_NAT64 = IPv6Network("64:ff9b::/96")
_SPECIAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 "
        "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 2001:10::/28 2001:20::/28 2001:2::/48 2001:db8::/32 3fff::/20"
    ).split()
)  # what some releases of Python call global, though nobody outside answers there
_PRIVATE = tuple(
    ip_network(text)
    for text in "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 ::1/128 fc00::/7".split()
)  # shared addresses (100.64) are those of many clusters; link-local ones are a cloud's own services
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")  #: as a last label it makes a host an IPv4 address, say browsers and inet_aton
_INSIDE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "arpa")


@dataclass(frozen=True, slots=True)
class Reach:
    """What an owner allows; inside `networks` also plain HTTP and every port."""

    networks: tuple[Network, ...]
    ports: frozenset[int]
    is_inside_only: bool = False  #: loopback and private addresses and no others, whatever else is allowed


INSIDE_ONLY = Reach((), frozenset(), is_inside_only=True)


def check_url(url: httpx.URL, reach: Reach) -> None:
    """Whether this address may be called as far as its text tells; raises AddressForbidden.

    What a name stands for is checked with `check_address`, when it is known.
    """
    if url.userinfo:
        raise AddressForbidden("a name or a password in the address is not allowed")
    literal = _literal(url.raw_host.decode("ascii").lower())
    if literal is not None:
        check_address(literal, scheme=url.scheme, port=_port(url), reach=reach)
    elif not reach.networks and not reach.is_inside_only:
        _check_way(scheme=url.scheme, port=_port(url), reach=reach)
        labels = url.host.rstrip(".").split(".")
        if len(labels) < 2 or labels[-1] in _INSIDE_NAMES:
            raise AddressForbidden("this name means something inside only")
    elif url.scheme not in ("https", "http"):
        raise AddressForbidden("send an https address")


def check_address(address: Address, *, scheme: str, port: int, reach: Reach) -> None:
    """Whether we may connect to this address; raises AddressForbidden."""
    if reach.is_inside_only:
        if not any(address in network for network in _PRIVATE if network.version == address.version):
            raise AddressForbidden("this address is not one of a private network")
        return
    if any(address in network for network in reach.networks) and scheme in ("https", "http"):
        return
    _check_way(scheme=scheme, port=port, reach=reach)
    if not is_public(address):
        raise AddressForbidden("this address is inside")


def parsed(text: str) -> httpx.URL:
    """An absolute address; raises AddressForbidden when it is none."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressForbidden("this is no address") from error
    if not url.host or url.fragment or url.scheme not in ("https", "http") or "\\" in text:
        raise AddressForbidden("send an https address without a fragment")
    return url


def is_public(address: Address) -> bool:
    """Whether this address is one of the internet's, also if IPv4 is wrapped in it."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        wrapped = [address.sixtofour, *(address.teredo or ())]
        if address not in _UNICAST or not all(is_public(one) for one in wrapped if one is not None):
            return False
    is_special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not address.is_multicast and not is_special


def _check_way(*, scheme: str, port: int, reach: Reach) -> None:
    if scheme != "https":
        raise AddressForbidden("send an https address")
    if port not in reach.ports:
        raise AddressForbidden("this port is not allowed")


def _literal(host: str) -> Address | None:
    """The address that stands in place of a name; other spellings than the plain one are refused."""
    if ":" in host:
        return _plain(host)
    if not _NAME.fullmatch(host):
        raise AddressForbidden("this is no name of a host")
    return _plain(host) if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) else None


def _plain(host: str) -> Address:
    try:
        address = ip_address(host)
    except ValueError as error:
        raise AddressForbidden("this is not how an address is written") from error
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise AddressForbidden("this address is inside")
    return address


def _port(url: httpx.URL) -> int:
    return {"https": 443, "http": 80}.get(url.scheme, 0) if url.port is None else url.port
