import pytest

from models_config.logic.addresses import address_problem, url_problem

ALWAYS_REFUSED = [
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
]
PRIVATE = [
    "127.0.0.1",
    "::1",
    "10.0.0.5",
    "172.16.1.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "::ffff:10.0.0.5",
    "64:ff9b::a00:5",
]
PUBLIC = ["1.1.1.1", "140.82.121.4", "2606:4700:4700::1111", "64:ff9b::101:101"]


@pytest.mark.parametrize("forbid", [True, False])
@pytest.mark.parametrize("address", ALWAYS_REFUSED)
def test_no_policy_opens_these(address: str, forbid: bool) -> None:
    assert address_problem(address, forbid_private=forbid)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_the_policys(address: str) -> None:
    assert not address_problem(address, forbid_private=False)
    assert address_problem(address, forbid_private=True)


@pytest.mark.parametrize("forbid", [True, False])
@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address: str, forbid: bool) -> None:
    assert not address_problem(address, forbid_private=forbid)


@pytest.mark.parametrize(
    ("url", "open_", "open_when_forbidden"),
    [
        ("https://models.example.com/v1", True, True),
        ("http://10.0.0.5:8000/v1", True, False),
        ("http://localhost:11434", True, False),
        ("http://x.localhost:11434", True, False),
        ("http://[::1]:8000", True, False),
        ("http://169.254.169.254/latest/meta-data", False, False),
        ("http://[fe80::1]/", False, False),
        ("http://[::ffff:169.254.169.254]/", False, False),
        ("http://[broken/", False, False),
    ],
)
def test_addresses_in_urls(url: str, open_: bool, open_when_forbidden: bool) -> None:
    assert (not url_problem(url, forbid_private=False)) is open_
    assert (not url_problem(url, forbid_private=True)) is open_when_forbidden
