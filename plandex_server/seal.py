"""Encryption at rest for what others must not read in a database dump: provider keys."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """The value was sealed with a key that this server does not have."""


def seal(data: bytes) -> bytes:
    return _box(tuple(settings.SEAL_KEYS)).encrypt(data)


def unseal(data: bytes) -> bytes:
    try:
        return _box(tuple(settings.SEAL_KEYS)).decrypt(data)
    except InvalidToken:
        raise SealBroken("sealed with an unknown key") from None


def reseal(data: bytes) -> bytes | None:
    """The data sealed with the first key; empty when it is already, None when no key opens it."""
    keys = tuple(settings.SEAL_KEYS)
    try:
        _box(keys[:1]).decrypt(data)
        return b""
    except InvalidToken:
        pass
    try:
        return seal(unseal(data))
    except SealBroken:
        return None


@lru_cache(maxsize=4)
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    """The first secret seals, all of them unseal: so keys can be rotated."""
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def seal_fingerprints() -> list[str]:
    """Tell the keys apart without telling them: what is sealed here opens where one is the same."""
    return [_derived(secret, b"plandex seal fingerprint", 8).hex() for secret in settings.SEAL_KEYS]


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(_derived(secret, b"plandex seal", 32))


def _derived(secret: str, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(
        secret.encode()
    )
