"""Where a request comes from."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from plandex_server.api.network import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(RequestFactory(REMOTE_ADDR=address).get("/")) == network


@pytest.mark.parametrize(
    ("proxies", "network"),
    [(0, "10.0.0.1"), (1, "192.0.2.7"), (2, "198.51.100.9"), (9, "10.0.0.1")],
)
def test_only_trusted_proxies_are_believed(settings: Settings, proxies: int, network: str) -> None:
    settings.PROXY_COUNT = proxies
    forwarded = {"X-Forwarded-For": "203.0.113.1, 198.51.100.9, 192.0.2.7"}
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", headers=forwarded)
    assert network_of(request) == network
