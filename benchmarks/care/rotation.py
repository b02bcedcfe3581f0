"""The keys that seal provider keys are rotated while runs stream.

    python -m benchmarks.care.rotation --database postgresql://…/NAME --redis redis://…
    python -m benchmarks.care.rotation

Goes the way of `docs/operations/keys.md` with two web processes and two workers, each restarted in
turn, while others tell with a key of their own and with one that the org holds. At the end no run
may have failed, every sealed value has to open with the new secret alone, and the old one opens
none. NAME has to be an empty database. Without it: one process on SQLite, whose restarts end the
runs that it executes, so that it rotates between restarts while runs go on.
"""

import argparse
import time

from benchmarks.care.load import Load
from benchmarks.care.models_thread import models_served
from benchmarks.care.site import Site
from benchmarks.care.trial import judged, parser_of, site_for

OLD, NEW = "an-old-secret-to-seal-with-0123456789", "a-new-secret-to-seal-with-9876543210"
OWN_KEY, ORG_KEY = "care-key-of-a-request-0123456789", "care-key-of-the-org-0123456789"
_LOOK = """
from django.conf import settings
from execution.models import Run
from orgs.models import ProviderKey
from plandex_server.seal import SealBroken, unseal
sealed = [one.sealed for one in ProviderKey.objects.all()]
sealed += [run.sealed_credentials for run in Run.objects.exclude(sealed_credentials=None)]
opened = 0
for data in sealed:
    try:
        unseal(bytes(data))
        opened += 1
    except SealBroken:
        pass
print("LOOK", len(sealed), opened)
"""


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="under load between two steps")
    parser.add_argument("--tellers", type=int, default=8)
    options = parser.parse_args()
    with site_for(options, SEAL_KEYS=OLD) as site:
        problems = _play(site, options)
    judged(problems)


def _play(site: Site, options: argparse.Namespace) -> list[str]:
    is_cluster = bool(options.database)
    bases = [site.base]
    if is_cluster:
        bases.append(f"http://127.0.0.1:{options.port + 1}")
    with models_served(clock_chunks=60, clock_s=0.05) as models:
        site.start()
        load = Load(bases, models.url, tellers=options.tellers, key=OWN_KEY, are_watched=False)
        load.world.call(
            "PUT", "/provider_keys/custom%7Cbench", {"values": {"CARE_API_KEY": ORG_KEY}}
        )
        if not is_cluster:
            site.restart({"SEAL_KEYS": f"{NEW},{OLD}"})
        load.start()
        for step in (f"{OLD},{NEW}", f"{NEW},{OLD}") if is_cluster else ():
            time.sleep(options.seconds)
            site.restart({"SEAL_KEYS": step})
            print(f"restarted; runs so far {dict(load.ends)}", flush=True)
        time.sleep(options.seconds)
        said = [site.manage("rotate_keys")]
        _, closed = _look(site, NEW)
        if is_cluster:
            site.restart({"SEAL_KEYS": NEW})
            time.sleep(options.seconds)
        load.stop()
        if not is_cluster:
            site.restart({"SEAL_KEYS": NEW})
        said.append(site.manage("doctor"))
    problems = [*load.errors]
    if closed:
        problems.append(f"{closed} sealed values did not open with the new secret alone")
    opened, closed = _look(site, NEW)
    old_opened, _ = _look(site, OLD)
    if closed or not opened or old_opened:
        problems.append(f"at the end {closed} are closed, {old_opened} open with the old secret")
    problems += [f"a run ended with {end}" for end in load.ends if end != "finished"]
    if OWN_KEY in site.logs or ORG_KEY in site.logs:
        problems.append("a key is in a log")
    print(f"{said[0].strip()} Runs: {dict(load.ends)}")
    return problems


def _look(site: Site, secret: str) -> tuple[int, int]:
    """How many sealed values open with this secret alone, and how many do not."""
    told = site.manage("shell", "--no-imports", "-c", _LOOK, SEAL_KEYS=secret)
    sealed, opened = map(int, told.partition("LOOK")[2].split())
    return opened, sealed - opened


if __name__ == "__main__":
    main()
