"""GET diffs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Plan
from tests.execution.pending_states import built, edited, loaded, made, moved, removed
from tests.factories import World


def url(plan: Plan) -> str:
    return f"/plans/{plan.id}/main/diffs"


CHANGED = """\
diff --git a/a.py b/a.py
index 814f4a4..99b356d 100644
--- a/a.py
+++ b/a.py
@@ -1,2 +1,2 @@
 one
-two
+2
"""
NEW = """\
diff --git a/b.py b/b.py
new file mode 100644
index 0000000..3e75765
--- /dev/null
+++ b/b.py
@@ -0,0 +1 @@
+new
"""


def test_it_works(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "one\ntwo\n", "untouched.py": "x\n"})
    built(plan, [made("b.py", "new\n"), edited("a.py", ("two", "2"))])
    reply = world.owner.get(f"{url(plan)}?plain=true", status=200)
    assert reply.text == CHANGED + NEW
    assert reply.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("query", ["", "?plain=false", "?plain=1"])
def test_colours(world: World, plan: Plan, query: str) -> None:
    built(plan, [made("b.py", "new\n")])
    assert world.owner.get(url(plan) + query).text == (
        "\x1b[1mdiff --git a/b.py b/b.py\x1b[m\n"
        "\x1b[1mnew file mode 100644\x1b[m\n"
        "\x1b[1mindex 0000000..3e75765\x1b[m\n"
        "\x1b[1m--- /dev/null\x1b[m\n"
        "\x1b[1m+++ b/b.py\x1b[m\n"
        "\x1b[36m@@ -0,0 +1 @@\x1b[m\n"
        "\x1b[32m+\x1b[m\x1b[32mnew\x1b[m\n"
    )


def test_nothing_pending(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n"})
    assert world.owner.get(url(plan), status=200).body == b""
    built(plan, [made("b.py", "b\n")])
    world.owner.patch(f"/plans/{plan.id}/main/reject_all")
    assert world.owner.get(url(plan), status=200).body == b""


def test_removed_and_moved_files(world: World, plan: Plan) -> None:
    loaded(plan, {"gone.py": "gone\n", "old.py": "a\nb\n"})
    built(plan, [removed("gone.py"), *moved("old.py", "lib/new.py", "a\nb\n")])
    assert world.owner.get(f"{url(plan)}?plain=true").text == (
        "diff --git a/gone.py b/gone.py\n"
        "deleted file mode 100644\n"
        "index 286c5f5..0000000\n"
        "--- a/gone.py\n"
        "+++ /dev/null\n"
        "@@ -1 +0,0 @@\n"
        "-gone\n"
        "diff --git a/old.py b/lib/new.py\n"
        "similarity index 100%\n"
        "rename from old.py\n"
        "rename to lib/new.py\n"
    )


def test_what_can_not_be_replayed_hides_nothing_else(world: World, plan: Plan) -> None:
    built(plan, [edited("never-loaded.py", ("x", "y")), made("b.py", "new\n")])
    built(plan, [made("../out.py", "x\n")])
    assert world.owner.get(f"{url(plan)}?plain=true", status=200).text == NEW


def test_queries_do_not_grow(world: World, plan: Plan) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            world.owner.get(url(plan), status=200)
        return len(captured)

    built(plan, [made("a.py", "a\n")])
    few = queries()
    built(plan, [made(f"f{number}.py", "f\n") for number in range(20)])
    assert queries() == few
    assert few <= 5
