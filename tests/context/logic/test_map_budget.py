import pytest

from context.logic.file_maps import combined_map
from context.logic.map_budget import fit_map, is_less_important, trimmed
from context.logic.tokens import count_tokens

TEXT = """class A(
        Base,
    )
  - def one(self)
  - class Inner
    - def two(
          self)
      - three
type B
"""
TOP = "class A(\n        Base,\n    )\ntype B\n"


@pytest.mark.parametrize(
    ("depth", "text"),
    [
        (3, TEXT),
        (2, TEXT.replace("      - three\n", "")),
        (1, TOP.replace("type", "  - def one(self)\n  - class Inner\ntype")),
        (0, TOP),
        (-1, ""),
    ],
)
def test_trimming(depth: int, text: str) -> None:
    assert trimmed(TEXT, depth) == text


@pytest.mark.parametrize(
    ("path", "less"),
    [
        ("tests/a.py", True),
        ("src/a_test.go", True),
        ("src/Test.java", True),
        ("a.spec.ts", True),
        ("vendor/x/y.go", True),
        ("lib/jquery.min.js", True),
        ("src/attestation.py", False),
        ("src/latest.py", False),
        ("main.go", False),
    ],
)
def test_less_important_files(path: str, less: bool) -> None:
    assert is_less_important(path) is less


def project() -> tuple[dict[str, str], dict[str, int]]:
    bodies = {f"src/file{number}.py": TEXT * 5 for number in range(20)}
    bodies |= {f"tests/file{number}.py": TEXT * 5 for number in range(20)}
    return bodies, dict.fromkeys(bodies, 7)


def size(bodies: dict[str, str], tokens: dict[str, int]) -> int:
    return count_tokens(combined_map(bodies, tokens))


def test_what_fits_stays_as_it_is() -> None:
    bodies, tokens = project()
    assert fit_map(bodies, tokens, size(bodies, tokens) + 100) == bodies


@pytest.mark.parametrize("percent", [90, 70, 50, 33, 20])
def test_a_map_is_made_to_fit_with_all_its_files(percent: int) -> None:
    bodies, tokens = project()
    budget = size(bodies, tokens) * percent // 100
    fitted = fit_map(bodies, tokens, budget)
    assert list(sorted(fitted)) == sorted(bodies)
    assert size(fitted, tokens) <= budget * 1.01
    assert size(fitted, tokens) >= budget * 0.8
    assert fit_map(bodies, tokens, budget) == fitted


def test_tests_lose_detail_first() -> None:
    bodies, tokens = project()
    fitted = fit_map(bodies, tokens, size(bodies, tokens) * 95 // 100)
    shortened = {path for path in bodies if fitted[path] != bodies[path]}
    assert shortened
    assert all(path.startswith("tests/") for path in shortened)


def test_a_hopeless_budget_leaves_the_headings() -> None:
    bodies, tokens = project()
    assert set(fit_map(bodies, tokens, 0).values()) == {""}
