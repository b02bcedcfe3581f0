"""Where a request comes from, for limits."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# One site usually holds a whole /64 of IPv6: a limit per address would be none.
_IPV6_PREFIX = 64


def network_of(request: HttpRequest) -> str:
    """The sender's IPv4 address or IPv6 network; behind `PROXY_COUNT` proxies, as they saw it."""
    address = address_of(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)


def address_of(request: HttpRequest) -> str:
    """The sender's address; behind `PROXY_COUNT` proxies, as they saw it."""
    proxies = int(getattr(settings, "PROXY_COUNT", 0))
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    # Each proxy appends what it saw; entries before the trusted ones are the sender's own claim.
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return forwarded[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def is_forwarded_unknown(request: HttpRequest) -> bool:
    """Whether a proxy stands between that nobody told the server of: then the address is its."""
    return not settings.PROXY_COUNT and "X-Forwarded-For" in request.headers
