"""How each of these programs begins and ends: its options, its site, its verdict."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from benchmarks.care.site import Site

MOST_SHOWN = 40


def parser_of(doc: str | None, *, is_cluster: bool = False) -> argparse.ArgumentParser:
    """What all of them take; `is_cluster`: nothing goes without PostgreSQL and Redis."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--database", default="", required=is_cluster, help="an empty PostgreSQL database"
    )
    parser.add_argument("--redis", default="", required=is_cluster)
    parser.add_argument("--port", type=int, default=8160)
    return parser


@contextmanager
def site_for(options: argparse.Namespace, **env: str) -> Iterator[Site]:
    """A site, not started yet, that leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="plandex-care-"))
    site = Site(
        folder,
        options.port,
        database_url=options.database,
        redis_url=options.redis,
        env={"SECRET_KEY": "a-secret-of-a-benchmark-of-care-0123456789", **env},
    )
    try:
        yield site
    finally:
        site.stop()
        shutil.rmtree(folder)


def judged(problems: Sequence[str]) -> NoReturn:
    """Prints what went wrong and ends the program."""
    print("\n".join([f"problems: {len(problems)}", *problems[:MOST_SHOWN]]))
    sys.exit(1 if problems else 0)
