import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.logic.paths import UnsafePath, check_path, is_safe_path

SAFE = [
    "a.py",
    "_apply.sh",
    "src/deep/er/file.tsx",
    ".gitignore",
    ".github/workflows/ci.yml",
    "docs/.gitkeep",
    "my file.txt",
    "routes/[id]/(group)/+page.svelte",
    "..hidden",
    "a..b/c",
    "README",
    "файл.txt",
    "legit/git.py",
    "backup~",
    "@scope/pkg/index.js",
]

UNSAFE = {
    "": "no path",
    "  ": "no path",
    "/etc/passwd": "absolute",
    "//host/share": "absolute",
    "\\\\host\\share": "absolute",
    "\\windows": "absolute",
    "C:/x": "drive",
    "c:x": "drive",
    "C:\\x": "drive",
    "a\\b": "backslash",
    "a\\..\\..\\b": "backslash",
    "..": "out of the project",
    "../x": "out of the project",
    "a/../../x": "out of the project",
    "a/..": "out of the project",
    ".": "empty part",
    "./x": "empty part",
    "a//b": "empty part",
    "a/./b": "empty part",
    "a/": "folder",
    "~/x": "home",
    "~root/x": "home",
    "a\0b": "control",
    "a\nb": "control",
    "a\x7fb": "control",
    "\ud800": "Unicode",
    ".git": "git folder",
    ".git/hooks/pre-commit": "git folder",
    ".GIT/config": "git folder",
    "sub/.Git/config": "git folder",
    ".g\u200cit/config": "git folder",
    "git~1/config": "git folder",
    ".git::$INDEX_ALLOCATION/config": "git folder",
    ".git./config": "ends with a dot",
    ".git /config": "ends with a space",
    ".. /x": "ends with a space",
    ".../x": "ends with a dot",
    "a.txt ": "ends with a space",
    " a.txt": "starts or ends with a space",
    "a.txt:stream": "colon",
    "a" * 256: "too long",
    "a/" * 2100 + "b": "too long",
}


@pytest.mark.parametrize("path", SAFE)
def test_safe_paths(path: str) -> None:
    check_path(path)
    assert is_safe_path(path)


@pytest.mark.parametrize(("path", "reason"), UNSAFE.items())
def test_unsafe_paths(path: str, reason: str) -> None:
    assert not is_safe_path(path)
    with pytest.raises(UnsafePath, match=reason) as caught:
        check_path(path)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600


@given(st.text(alphabet="./\\~ .gitGIT:\0a", max_size=12))
def test_accepted_paths_stay_inside_the_project(path: str) -> None:
    if not is_safe_path(path):
        return
    parts = path.split("/")
    assert all(part.strip(" .") for part in parts)
    assert not any(part.casefold().startswith(".git.") and len(part) == 5 for part in parts)
    assert ".git" not in {part.casefold() for part in parts}
