"""Types are read under a lock: two threads that read the same one first end the process."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("plandex_server", "accounts", "orgs", "projects", "models_config", "plans", "context")
RACE = """
import sys, threading
import msgspec
from plandex_server import typed

sys.setswitchinterval(1e-6)

def race(outer):
    together = threading.Barrier(8)
    def run():
        together.wait()
        typed.decode(b'{"inner": {"number": 1}, "word": "a"}', outer)
    threads = [threading.Thread(target=run) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

for number in range(100):
    inner = msgspec.defstruct("Inner", [("number", int)])
    race(msgspec.defstruct("Outer", [("inner", inner), ("word", str)]))
print("all decoded")
"""


def test_threads_that_meet_a_type_first_together() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RACE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "all decoded\n"), done.stderr


def test_nothing_reads_a_type_without_the_lock() -> None:
    sources = [path for app in (*APPS, "execution") for path in (ROOT / app).rglob("*.py")]
    found = {
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources
        if path.name != "typed.py"
        for call in _reading_calls(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found


def _reading_calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls of msgspec that read a type, but for decoders that a module makes once."""
    once = {
        id(node)
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = ast.unparse(node.func)
            has_type = len(node.args) > 1 or any(word.arg == "type" for word in node.keywords)
            if (
                name == "msgspec.convert"
                or (name.endswith("json.Decoder") and id(node) not in once)
                or (name == "msgspec.json.decode" and has_type)
            ):
                yield node
