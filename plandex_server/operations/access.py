"""Who may read the metrics: machines of `METRICS_NETWORKS`, and whoever has `METRICS_TOKEN`."""

import hmac
import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def may_read_metrics(*, address: str, authorization: str, is_forwarded: bool) -> bool:
    """`is_forwarded`: a proxy that nobody told the server of (`PROXY_COUNT`) stands between; then
    the address is the proxy's, and says nothing about who asks."""
    token = settings.METRICS_TOKEN
    if token and hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return True
    if is_forwarded:
        return False
    try:
        asker = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(asker, ipaddress.IPv6Address) and asker.ipv4_mapped is not None:
        asker = asker.ipv4_mapped
    return any(asker in network for network in networks(tuple(settings.METRICS_NETWORKS)))


@lru_cache(maxsize=4)
def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Raises `ValueError` for what is no network."""
    return tuple(ipaddress.ip_network(one, strict=False) for one in written)
