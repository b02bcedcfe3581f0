"""What universal-ctags finds in a directory."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import msgspec

GROUPS = {
    "functions": "function func subroutine procedure task",
    "methods": "method singletonMethod methodSpec getter setter callback",
    "classes": "class interface trait module object protocol implementation namespace annotation"
    " category",
    "types": "struct enum union typedef talias typealias type alias record",
}
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds.split()}
# What ctags calls by another word than the rest.
_ALSO = {
    ("Python", "member"): "methods",
    ("JavaScript", "generator"): "functions",
    ("Fortran", "submodule"): "classes",
    ("SystemVerilog", "package"): "classes",
    ("VHDL", "architecture"): "classes",
    ("VHDL", "entity"): "classes",
    ("VHDL", "package"): "classes",
    ("Ada", "package"): "classes",
    ("Ada", "packspec"): "classes",
    ("Ada", "subprogram"): "functions",
    ("Ada", "subprogspec"): "functions",
}
LANGUAGES = (
    "C,C++,C#,Clojure,CUDA,Elixir,Elm,Erlang,Go,Haskell,Java,JavaScript,Julia,Kotlin,Lua,"
    "ObjectiveC,OCaml,Perl,PHP,PowerShell,Protobuf,Python,R,Ruby,Rust,Scheme,Sh,SQL,TypeScript,"
    "CMake,Ada,D,Fortran,Pascal,SystemVerilog,Tcl,Verilog,VHDL,Vim"
)
_PATTERN = re.compile(r"/\^(.*?)\$?/\Z", re.DOTALL)


class Tag(msgspec.Struct, frozen=True):
    """One line of ctags' JSON output."""

    path: str
    language: str
    kind: str
    name: str
    line: int = 0
    end: int = 0
    scope: str = ""
    scopeKind: str = ""
    pattern: str = ""
    roles: str = "def"

    @property
    def group(self) -> str | None:
        """The group the tag is counted in; None for variables, fields and the like."""
        return _ALSO.get((self.language, self.kind)) or _GROUP_OF.get(self.kind)

    @property
    def source(self) -> str:
        """The line of source that the tag points at."""
        found = _PATTERN.match(self.pattern)
        return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


def ctags_installed() -> bool:
    """Tell whether universal-ctags is on the path."""
    program = shutil.which("ctags")
    if program is None:
        return False
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return "Universal Ctags" in answer.stdout


def read_tags(root: Path, paths: Iterable[str]) -> list[Tag]:
    """All tags of the files, as ctags prints them."""
    command = [
        "ctags",
        "--output-format=json",
        "--fields=+lnKeP",
        "--sort=no",
        "-f",
        "-",
        "-L",
        "-",
    ]
    command += [f"--languages={LANGUAGES}", "--pattern-length-limit=0"]
    answer = subprocess.run(
        command,
        cwd=root,
        input="\n".join(paths).encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=True,
    )
    text = answer.stdout.decode("utf-8", "replace")
    decode = msgspec.json.Decoder(Tag).decode
    return [decode(line) for line in text.splitlines() if line.startswith('{"_type": "tag"')]
