"""Function bodies are blanked where layout tells their end, and nowhere else."""

import pytest

from context.logic.file_maps import map_file
from context.logic.file_maps.registry import language_for

BLANKED = {
    "go": ("a.go", "func f(x interface{}) {\n\tuse(x, `}`)\n}\n"),
    "go, parameters on lines": ("a.go", "func f(\n\tx int,\n) error {\n\treturn use(every)\n}\n"),
    "rust": (
        "a.rs",
        "impl A {\n    fn f<T>(x: T)\n    where T: B,\n    {\n        use(them);\n    }\n}\n",
    ),
    "c": ("a.c", "static int\nf(int x)\n{\n    use(every);\nfailed:\n    return 1;\n}\n"),
    "c, branches": (
        "a.c",
        "int f(void) {\n#ifdef A\n  if (x) {\n#else\n  if (y) {\n#endif\n    use(every);\n  }\n}\n",
    ),
    "cpp": ("a.cpp", "A::A(int x)\n    : x_(x), y_(0) {\n  use(x, '{');\n}\n"),
    "objc": ("a.m", "@implementation A\n- (void)f:(int)x {\n    use(every);\n}\n@end\n"),
    "java": (
        "a.java",
        "class A {\n    @B(1)\n    public int f(int x) throws C {\n        use(them);\n    }\n}\n",
    ),
    "csharp": (
        "a.cs",
        "class A\r\n{\r\n    public int F(int x)\r\n    {\r\n        use(every);\r\n    }\r\n}\r\n",
    ),
    "typescript": ("a.ts", "class A {\n  async f(x: B): Promise<C> {\n    use(every);\n  }\n}\n"),
    "javascript": ("a.js", "A.prototype.f = function (x) {\n  use(every);\n};\n"),
    "ruby": ("a.rb", "class A\n  def f(x)\n    use(every) do\n    end\n  end\nend\n"),
    "lua": ("a.lua", "function A.f(x)\n  use(every)\nend\n"),
    "python": (
        "a.py",
        "class A:\n    def f(\n        self,\n    ) -> int:\n        use(every)\n\n    y = 1\n",
    ),
    "bash": ("a.sh", "f() {\n  use it; other\n}\n"),
    "bash, braces that do not add up": ("a.sh", "f() { # <a>\n  use ${x#*\\{}; other\n}\n"),
    "kotlin": ("a.kt", "class A {\n    fun f(x: B): C {\n        use(every)\n    }\n}\n"),
}
KEPT = {
    "a struct after an attribute": (
        "a.c",
        "struct __attribute__((packed)) {\n    int use;\n} x;\n",
    ),
    "a class with parameters": ("a.cs", "record A(int X)\n{\n    public int use() => 1;\n}\n"),
    "an enum constant": (
        "a.java",
        "enum A {\n    B(1) {\n        int use() { return 1; }\n    };\n}\n",
    ),
    "a module": ("a.js", "define('a', function () {\n  function use() {}\n});\n"),
    "a callback that declares": ("a.js", "describe('a', () => {\n  function use() {}\n});\n"),
    "an end elsewhere": ("a.go", "func f() {\n\tuse(`\n}\n`)\n"),
    "an end too far left": (
        "a.java",
        "class A {\n    int f(int x) {\n        use(every);\n }\n    int g;\n}\n",
    ),
    "what follows a function without a body": (
        "a.kt",
        "interface A {\n    fun f(x: B): C\n\n    companion object {\n        val use\n    }\n}\n",
    ),
    "a class after a declaration": (
        "a.ts",
        "function f(x: A): x is B\nclass C {\n  use = every\n}\n",
    ),
    "a type after a function in assembly": (
        "a.go",
        "func f(x int) int\n\ntype A struct {\n\tuse every\n}\n",
    ),
    "half a text": ("a.py", 'def f(x):\n    use = """\nz\n"""\n'),
}


@pytest.mark.parametrize(("path", "source"), BLANKED.values(), ids=BLANKED)
def test_a_body_is_blanked_and_every_offset_stays(path: str, source: str) -> None:
    language = language_for(path)
    assert language is not None and language.bodies is not None
    blanked = language.bodies(source.encode())

    assert b"use" not in blanked
    assert len(blanked) == len(source.encode())
    assert all(
        new in (old, ord(" "), ord("0"), ord("\n"))
        for new, old in zip(blanked, source.encode(), strict=True)
    )


@pytest.mark.parametrize(("path", "source"), KEPT.values(), ids=KEPT)
def test_what_may_hold_definitions_or_ends_oddly_is_kept(path: str, source: str) -> None:
    language = language_for(path)
    assert language is not None and language.bodies is not None

    assert b"use" in language.bodies(source.encode())


def test_a_text_with_errors_is_parsed_whole() -> None:
    whole = "func f() {\n\tx := `\n}\n`\n\tuse(every)\n}\n\nfunc g() {\n\tuse(1)\n}\n"

    assert map_file("a.go", whole) == "func f()\nfunc g()\n"
