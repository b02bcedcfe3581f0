"""What a run keeps of the request that started it: the request without its keys, and the keys,
sealed, while the run is active."""

import zlib
from typing import TypeVar

import msgspec

from execution.logic.requests import BuildPlanRequest, CredentialsBody, TellPlanRequest
from execution.models import Run
from plandex_server import typed
from plandex_server.seal import reseal, seal, unseal

R = TypeVar("R", bound=CredentialsBody)

_encode = msgspec.json.Encoder().encode


def request_encode(request: TellPlanRequest | BuildPlanRequest) -> bytes:
    """The request without its keys, as the run's row keeps it."""
    bare = msgspec.structs.replace(request, auth_vars=None, api_keys=None)
    return zlib.compress(_encode(bare), 1)


def request_decode(data: bytes, kind: type[R]) -> R:
    return typed.decode(zlib.decompress(data), kind)


def credentials_seal(credentials: dict[str, str]) -> bytes | None:
    """Provider keys by variable name as the run's row keeps them; None when there are none."""
    return seal(_encode(credentials)) if credentials else None


def run_credentials(run: Run) -> dict[str, str]:
    """The provider keys that came with the request; none once the run has ended."""
    if run.sealed_credentials is None:
        return {}
    return typed.decode(unseal(bytes(run.sealed_credentials)), dict[str, str])


def runs_reseal() -> tuple[int, int]:
    """Seals the keys of active runs with the first seal key: how many were, how many no key of
    the server opens. A run that ends meanwhile has none any more."""
    done = lost = 0
    sealed = Run.objects.filter(sealed_credentials__isnull=False).order_by("pk")
    for run_id, data in list(sealed.values_list("pk", "sealed_credentials")):
        anew = reseal(bytes(data or b""))
        if anew is None:
            lost += 1
        elif anew:
            same = Run.objects.filter(pk=run_id, sealed_credentials=data)
            done += same.update(sealed_credentials=anew)
    return done, lost
