from dataclasses import replace

import pytest

from execution.logic.chat_messages import ImagePart, Part
from execution.logic.context_block import (
    END,
    HEADING,
    ContextBlock,
    activated_block,
    auto_loaded_block,
    implementation_block,
    shared_block,
)
from execution.logic.context_items import (
    ContextItem,
    ContextSource,
    ItemKind,
    PlanFiles,
    has_map,
)

TREE = ContextItem("t", ItemKind.TREE, "src", path="src", body="src/a.py", num_tokens=3)
MAP = ContextItem("m", ItemKind.MAP, ".", path=".", body="- a.py", num_tokens=3)
URL = ContextItem("u", ItemKind.URL, "page", url="http://127.0.0.1/x", body="Hi", num_tokens=1)
NOTE = ContextItem("n", ItemKind.NOTE, "style", body="Be brief", num_tokens=2)
PIPED = ContextItem("p", ItemKind.PIPED, "test-output", body="ok", num_tokens=1)
IMAGE = ContextItem(
    "i", ItemKind.IMAGE, "ui.png", path="ui.png", body="QUJD", num_tokens=85, image_detail="low"
)
A = ContextItem("a", ItemKind.FILE, "a.py", path="a.py", body="old a\n", num_tokens=2)
AUTO = ContextItem(
    "b", ItemKind.FILE, "b.py", path="b.py", body="old b\n", num_tokens=2, auto_loaded=True
)


def count(text: str) -> int:
    return len(text.split())


def source(
    *items: ContextItem, files: PlanFiles | None = None, image_support: bool = True
) -> ContextSource:
    return ContextSource(items, files or PlanFiles(), count, image_support)


def text_of(block: ContextBlock) -> str:
    return "\n\n".join(part.text for part in block.parts if isinstance(part, Part))


def shared(
    of: ContextSource,
    *,
    by_activation: bool = False,
    exec_enabled: bool = False,
    demand_commands: bool = False,
) -> ContextBlock:
    return shared_block(
        of,
        by_activation=by_activation,
        exec_enabled=exec_enabled,
        demand_commands=demand_commands,
    )


def coder(
    of: ContextSource, *, task_files: set[str] | None = None, exec_enabled: bool = False
) -> ContextBlock:
    return implementation_block(of, task_files=task_files, exec_enabled=exec_enabled)


def test_it_shows_items_in_their_order_between_heading_and_end() -> None:
    assert text_of(shared(source(MAP, A))) == (
        f"{HEADING}\n\n- . | map:\n\n```\n- a.py\n```\n\n- a.py:\n\n```\nold a\n```\n\n{END}"
    )


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (TREE, "- src | directory tree:\n\n```\nsrc/a.py\n```"),
        (A, "- a.py:\n\n```\nold a\n```"),
        (MAP, "- . | map:\n\n```\n- a.py\n```"),
        (URL, "- http://127.0.0.1/x:\n\n```\nHi\n```"),
        (NOTE, "- content style:\n\n```\nBe brief\n```"),
        (PIPED, "- content test-output:\n\n```\nok\n```"),
        (IMAGE, "Image: ui.png"),
    ],
)
def test_each_type_has_its_form(item: ContextItem, shown: str) -> None:
    assert f"{HEADING}\n\n{shown}\n\n{END}" == text_of(shared(source(item)))


def test_a_file_is_shown_as_the_plan_changed_it() -> None:
    of = source(A, files=PlanFiles(pending={"a.py": "new a\n"}))
    for block in (shared(of), shared(of, by_activation=True), coder(of)):
        assert "new a" in text_of(block)
        assert "old a" not in text_of(block)
        assert text_of(block).count("a.py") == 1


def test_an_image_is_its_name_and_its_data() -> None:
    parts = shared(source(A, IMAGE, NOTE)).parts
    assert parts[1] == ImagePart("data:image/png;base64,QUJD", "low")
    before, after = parts[0], parts[2]
    assert isinstance(before, Part) and before.text.endswith("Image: ui.png")
    assert isinstance(after, Part) and after.text.startswith("- content style:")


def test_a_model_without_images_gets_none() -> None:
    block = shared(source(A, IMAGE, image_support=False))
    assert "ui.png" not in text_of(block)
    assert not any(isinstance(part, ImagePart) for part in block.parts)


def test_the_shared_block_leaves_out_auto_loaded_contexts() -> None:
    assert "b.py" not in text_of(shared(source(A, AUTO)))


def test_an_auto_loaded_map_is_in_the_shared_block_and_in_no_other() -> None:
    of = source(replace(MAP, auto_loaded=True), A, AUTO)
    assert text_of(shared(of)) == text_of(shared(source(MAP, A)))
    assert "map" not in text_of(auto_loaded_block(of)) + activated(of, MAP.path)


def test_with_activation_other_pending_files_are_only_named_and_sorted() -> None:
    files = PlanFiles(pending={"z.py": "one two", "b.py": "x", "_apply.sh": "ls"})
    text = text_of(shared(source(A, AUTO, files=files), by_activation=True))
    assert (
        "- File `b.py` has pending changes (1 🪙)\n\n- File `z.py` has pending changes (2 🪙)"
    ) in text
    assert "_apply.sh" not in text


def test_the_shared_block_is_the_same_in_both_phases_up_to_its_breakpoint() -> None:
    of = source(MAP, A, files=PlanFiles(pending={"z.py": "1"}))
    one = shared(of, by_activation=True, exec_enabled=True)
    two = shared(of, by_activation=True, exec_enabled=True, demand_commands=True)
    cached = next(n for n, part in enumerate(one.parts) if isinstance(part, Part) and part.cache)
    assert one.parts[: cached + 1] == two.parts[: cached + 1]
    assert one.parts != two.parts


def test_without_activation_pending_files_are_shown_once_over_both_blocks() -> None:
    of = source(A, AUTO, files=PlanFiles(pending={"z.py": "new z", "b.py": "new b"}))
    text = text_of(shared(of)) + text_of(auto_loaded_block(of))
    assert [text.count(words) for words in ("old a", "new z", "new b", "old b")] == [1, 1, 1, 0]


def test_the_auto_loaded_block_has_nothing_else_and_may_be_empty() -> None:
    text = text_of(auto_loaded_block(source(MAP, A, AUTO)))
    assert text == f"{HEADING}\n\n- b.py:\n\n```\nold b\n```\n\n{END}"
    assert auto_loaded_block(source(A)) == ContextBlock()


def activated(of: ContextSource, *ordered: str, budget: int = 1000) -> str:
    return text_of(activated_block(of, ordered=ordered, others=set(ordered), budget=budget))


def auto(path: str, tokens: int = 10) -> ContextItem:
    return replace(AUTO, id=path, name=path, path=path, body=f"body of {path}", num_tokens=tokens)


def test_activated_files_come_in_the_order_listed_then_by_name() -> None:
    of = source(auto("a"), auto("b"), auto("c"), auto("d"), auto("e"))
    block = activated_block(of, ordered=["d", "b"], others={"c", "a", "b"}, budget=1000)
    text = text_of(block)
    shown = [line for line in text.splitlines() if line.startswith("- ")]
    assert shown == ["- d:", "- b:", "- a:", "- c:"]


def test_activated_pending_files_are_shown_in_full() -> None:
    of = source(auto("a"), files=PlanFiles(pending={"new": "new text", "a": "changed a"}))
    text = activated(of, "new", "a")
    assert "new text" in text and "changed a" in text and "body of a" not in text


def test_what_the_shared_block_shows_is_not_repeated() -> None:
    of = source(A, auto("b"), files=PlanFiles(pending={"a.py": "changed"}))
    assert "a.py" not in activated(of, "a.py", "b")
    assert activated(source(A), "a.py") == ""


def test_the_script_cannot_be_activated() -> None:
    assert activated(source(files=PlanFiles(pending={"_apply.sh": "ls"})), "_apply.sh") == ""


def test_the_first_file_over_the_budget_ends_the_block() -> None:
    of = source(auto("a", 10), auto("b", 500), auto("c", 1))
    text = activated(of, "a", "b", "c", budget=100)
    assert "body of a" in text and "body of b" not in text and "body of c" not in text
    assert activated(of, "b", budget=100) == ""


def test_images_count_against_the_budget() -> None:
    image = replace(IMAGE, auto_loaded=True)
    assert activated(source(image), "ui.png", budget=50) == ""
    assert "ui.png" in activated(source(image), "ui.png", budget=100)


def test_the_coder_sees_everything_but_maps() -> None:
    of = source(MAP, TREE, URL, NOTE, A, AUTO, files=PlanFiles(pending={"z.py": "new z"}))
    text = text_of(coder(of))
    assert "| map" not in text
    for words in ("directory tree", "http://", "Be brief", "old a", "old b", "new z"):
        assert text.count(words) == 1


def test_with_smart_context_the_coder_sees_only_the_tasks_files() -> None:
    files = PlanFiles(pending={"z.py": "new z", "y.py": "new y"})
    of = source(MAP, TREE, NOTE, IMAGE, A, AUTO, files=files)
    text = text_of(coder(of, task_files={"b.py", "y.py", "not-there.py"}))
    for words in ("directory tree", "Be brief", "Image: ui.png", "old b", "new y"):
        assert words in text
    assert "old a" not in text and "new z" not in text


def test_removed_files_are_listed_and_not_shown() -> None:
    of = source(A, NOTE, files=PlanFiles(removed={"a.py", "0.py"}))
    for block in (shared(of), coder(of)):
        assert "removed by the plan" in text_of(block)
        assert "- `0.py`\n- `a.py`" in text_of(block)
        assert "old a" not in text_of(block)


def test_a_removed_file_written_anew_is_shown() -> None:
    of = source(A, files=PlanFiles(pending={"a.py": "again"}, removed={"a.py"}))
    assert "again" in text_of(coder(of))


def test_of_two_files_with_one_path_the_later_one_is_shown() -> None:
    later = replace(A, id="a2", body="newer a")
    for block in (shared(source(A, later)), coder(source(A, later))):
        assert "newer a" in text_of(block) and "old a" not in text_of(block)


def test_a_loaded_script_is_never_shown_as_a_file() -> None:
    script = replace(A, path="_apply.sh", name="_apply.sh", body="ls")
    for pending in ({}, {"_apply.sh": "ls"}):
        of = source(script, files=PlanFiles(pending=pending))
        assert "_apply.sh" not in text_of(shared(of)) + text_of(coder(of))


def test_the_script_and_its_history_come_after_the_breakpoint() -> None:
    files = PlanFiles(apply_script="echo hi", applied_scripts=["pip install x", "make"])
    block = shared(source(A, files=files), exec_enabled=True, demand_commands=True)
    assert [isinstance(part, Part) and part.cache for part in block.parts] == [
        True,
        False,
        False,
    ]
    script = block.parts[1]
    assert isinstance(script, Part)
    assert script.text == (
        "Previously executed `_apply.sh`:\n\n```\npip install x\n```\n\n```\nmake\n```\n\n"
        "Current `_apply.sh`:\n\n```\necho hi\n```"
    )


@pytest.mark.parametrize("current", [None, "", "\n"])
def test_an_empty_script_is_said_to_be_empty(current: str | None) -> None:
    of = source(A, files=PlanFiles(apply_script=current))
    assert "Current `_apply.sh`:\n\n[empty]" in text_of(shared(of, exec_enabled=True))
    assert "### Commands" not in text_of(shared(of, exec_enabled=True))
    demanding = shared(of, exec_enabled=True, demand_commands=True)
    assert "### Commands" in text_of(demanding)


def test_the_coder_sees_the_script_only_if_it_may_need_it() -> None:
    of = source(A, files=PlanFiles(apply_script="echo hi"))
    assert "echo hi" not in text_of(coder(of))
    assert "echo hi" in text_of(coder(of, exec_enabled=True))
    assert "echo hi" not in text_of(coder(of, exec_enabled=True, task_files={"a.py"}))
    assert "echo hi" in text_of(coder(of, exec_enabled=True, task_files={"_apply.sh"}))


def test_an_empty_context_says_so() -> None:
    for block in (shared(source()), coder(source())):
        assert text_of(block) == f"{HEADING}\n\nNothing is in the context yet.\n\n{END}"


def test_known_token_counts_are_used_and_unknown_ones_counted() -> None:
    counted: list[str] = []

    def counting(text: str) -> int:
        counted.append(text)
        return count(text)

    known = ContextSource([replace(A, num_tokens=100)], PlanFiles(), counting)
    unknown = ContextSource([replace(A, num_tokens=0)], PlanFiles(), counting)
    big = shared(known).tokens
    assert A.body not in counted
    assert big - shared(unknown).tokens == 100 - 2
    assert A.body in counted


def test_images_are_not_in_the_token_estimate() -> None:
    with_image = shared(source(A, IMAGE)).tokens
    cheap_image = shared(source(A, replace(IMAGE, num_tokens=0))).tokens
    assert with_image == cheap_image


def test_a_map_counts_only_if_it_holds_something() -> None:
    assert has_map([A, MAP])
    assert not has_map([A, replace(MAP, num_tokens=0)])
    assert not has_map([])
