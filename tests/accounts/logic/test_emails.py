import pytest

from accounts.logic.emails import domain_of, is_address, is_service_domain, normalized


@pytest.mark.parametrize("email", ["a@b", "ann.lee+x@mail.example.com", "ü@example.com"])
def test_addresses(email: str) -> None:
    assert is_address(email)


@pytest.mark.parametrize(
    "email", ["", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "a\x00@b", "x" * 255 + "@b"]
)
def test_what_is_no_address(email: str) -> None:
    assert not is_address(email)


def test_parts() -> None:
    assert normalized(" Ann@Example.COM ") == "ann@example.com"
    assert domain_of("ann@example.com") == "example.com"


def test_service_domains() -> None:
    assert is_service_domain("gmail.com")
    assert not is_service_domain("example.com")
