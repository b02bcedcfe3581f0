"""Makes the same calls to two servers and says where the answers differ.

    python -m benchmarks.differential REFERENCE_URL OUR_URL [--all]

Both run in local mode. The first is a Plandex server to compare with. What
`docs/decisions/0014-differences.md` does not list makes the command fail, and so does a line there
that nothing is found for. A Go server answers `/version` from a file `version.txt` beside it.
"""

import argparse
import asyncio
import json
import threading
from pathlib import Path

from benchmarks.differential.models import Models
from benchmarks.differential.play import Play, Side, listed, not_called, unlisted, unused
from benchmarks.differential.script import play_all

ROOT = Path(__file__).resolve().parents[2]
DECISION = ROOT / "docs" / "decisions" / "0014-differences.md"
OPERATIONS = ROOT / "tests" / "data" / "api_operations.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("reference")
    parser.add_argument("ours")
    parser.add_argument("--all", action="store_true", help="print the listed differences too")
    options = parser.parse_args()
    play = Play(Side(options.reference.rstrip("/")), Side(options.ours.rstrip("/")))
    play_all(play, _models_in_thread())
    patterns = listed(DECISION.read_text())
    new, stale = list(unlisted(play.found, patterns)), list(unused(play.found, patterns))
    for line in dict.fromkeys(play.found) if options.all else new:
        print(line)
    for pattern in stale:
        print(f"Listed, but not found: {pattern}")
    missed = list(not_called(play.called, json.loads(OPERATIONS.read_text())))
    if missed:
        print(f"Not called: {', '.join(missed)}")
    print(
        f"{play.calls} calls, {len(dict.fromkeys(play.found))} differences, {len(new)} not listed"
    )
    if new or stale:
        raise SystemExit(1)


def _models_in_thread() -> str:
    """A model server on a thread of its own; its address."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    models = Models()
    asyncio.run_coroutine_threadsafe(models.start(), loop).result(10)
    return models.url


if __name__ == "__main__":
    main()
