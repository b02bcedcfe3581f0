"""Which network addresses the server may call for its users.

An org's admin may name any provider, also one in the private network, where local models run. What
no provider is ever at stays shut: above all the addresses under which clouds hand a machine its own
credentials.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

# Metadata services outside the link-local ranges: Alibaba's, AWS's over IPv6, Oracle's.
_METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "fd00:ec2::254", "192.0.0.192", "168.63.129.16"))
)
_NAT64 = ip_network("64:ff9b::/96")
_6TO4 = ip_network("2002::/16")


def address_problem(address: str, *, forbid_private: bool) -> str:
    """Why the server does not connect to an IP address; empty where it may."""
    # A scope id names an interface of this machine.
    parsed = _embedded(ip_address(address.partition("%")[0]))
    if parsed.is_link_local or parsed in _METADATA:
        return "addresses of the link itself and of clouds' metadata are refused"
    if parsed.is_unspecified or parsed.is_multicast or parsed == IPv4Address("255.255.255.255"):
        return "it is no address of a single machine"
    if forbid_private and not parsed.is_global:
        return "this server refuses private addresses"
    return ""


def url_problem(url: str, *, forbid_private: bool) -> str:
    """The same for an address as it stands in a URL. Names pass: what they lead to is asked when
    the connection is made, and may be another address every time."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return "it can't be read"
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    try:
        return address_problem(host, forbid_private=forbid_private)
    except ValueError:
        return ""


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to, where it is only a form of one."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if _is_in(address, _NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if _is_in(address, _6TO4) and address.sixtofour is not None:
        return address.sixtofour
    return address


def _is_in(address: IPv6Address, network: object) -> bool:
    assert isinstance(network, IPv6Network)
    return address in network
