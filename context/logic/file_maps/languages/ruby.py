"""Ruby."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import to_end
from ..naming import assigned, own, text
from ..tables import ENTER, SIGNATURE, Language, Rule, container, each, leaf, types

# Calls in a class body that define attributes and associations.
_MACROS = re.compile(
    r"(attr|attr_reader|attr_writer|attr_accessor|cattr_\w+|mattr_\w+|class_attribute|delegate"
    r"|belongs_to|has_one|has_many|has_and_belongs_to_many|has_one_attached|has_many_attached"
    r"|scope|enum|attribute|alias_attribute|define_method|alias_method|field|property|option"
    r"|config_accessor|thread_mattr_accessor)"
)
_LISTS = re.compile(r"(attr\w*|cattr_\w+|mattr_\w+|class_attribute|delegate|alias_method)")


def _is_macro(node: Node) -> bool:
    if node.child_by_field_name("receiver") is not None:
        return False
    return _MACROS.fullmatch(text(node.child_by_field_name("method"))) is not None


def _shown(node: Node) -> list[Node]:
    """The arguments that name something: all symbols, or the first one."""
    arguments = node.child_by_field_name("arguments")
    plain = [
        c
        for c in (arguments.children if arguments else [])
        if c.type in ("simple_symbol", "string", "identifier", "constant")
    ]
    method = text(node.child_by_field_name("method"))
    return plain if _LISTS.fullmatch(method) else plain[:1]


def _macro_name(node: Node) -> str:
    shown = ", ".join(text(c) for c in _shown(node))
    return f"{text(node.child_by_field_name('method'))} {shown}" if shown else ""


def _before_function(node: Node) -> int | None:
    """`scope :paid, -> {...}` is shown without the function, blocks are never shown."""
    arguments = node.child_by_field_name("arguments")
    for argument in arguments.children if arguments else []:
        if argument.type in ("lambda", "block", "do_block"):
            return argument.start_byte
    block = node.child_by_field_name("block")
    return block.start_byte if block is not None else None


def _targets(node: Node) -> list[Node]:
    left = node.child_by_field_name("left")
    if left is None:
        return []
    found = left.children if left.type == "left_assignment_list" else [left]
    return [c for c in found if c.type in ("constant", "class_variable", "scope_resolution")]


def _kind(node: Node, _owner: bool) -> str:
    return "field" if node.type == "class_variable" else "constant"


# Calls whose arguments or block hold definitions, as in `private def x`.
_BLOCK_CALLS = re.compile(
    r"included|class_methods|concern|prepended|class_eval|module_eval|instance_eval|new|define"
    r"|refine|private|public|protected|module_function|private_class_method|memoize|helpers"
    r"|public_class_method|ruby2_keywords|draw|namespace|configure|class_exec"
)


def _holds_definitions(node: Node) -> bool:
    return _BLOCK_CALLS.fullmatch(text(node.child_by_field_name("method"))) is not None


def _inside(node: Node) -> list[Node]:
    found = [node.child_by_field_name("arguments"), node.child_by_field_name("block")]
    return [c for c in found if c is not None]


def _calls(node: Node) -> list[Node]:
    """The call that a call goes on from, or whose value a local variable is."""
    found = (node.child_by_field_name("receiver"), node.child_by_field_name("right"))
    return [c for c in found if c is not None and c.type == "call"]


def _is_listed(node: Node) -> bool:
    return bool(_targets(node))


def _has_no_block(node: Node) -> bool:
    return node.child_by_field_name("block") is None and bool(_calls(node))


RULES: dict[str, Rule] = {
    "module": container("namespace", owner=True),
    "class": container("class"),
    "singleton_class": container("class", name=SIGNATURE),
    **each(
        Rule("function", "method", cut=assigned("="), stop_types=types("end")),
        "method singleton_method",
    ),
    "assignment": Rule(
        _kind,
        "",
        own,
        stop=(),
        value=("right",),
        split=_targets,
        members=("right",),
        inner=types("call"),
        owner=True,
        once=True,
        not_in_callback=True,
        when=_is_listed,
        otherwise=Rule(visit=_calls, callback=True),
    ),
    "alias": leaf("method", name="name"),
    "call": Rule(
        "field",
        "",
        _macro_name,
        (),
        cut=_before_function,
        when=_is_macro,
        not_in_callback=True,
        otherwise=Rule(
            visit=_calls,
            when=_has_no_block,
            callback=True,
            otherwise=Rule(
                via=_inside,
                when=_holds_definitions,
                # The blocks of tests and of other small languages: variables in them are locals.
                otherwise=Rule(via=_inside, callback=True),
            ),
        ),
    ),
    **each(
        ENTER,
        "body_statement do_block block block_body begin if unless else elsif then ensure rescue"
        " if_modifier unless_modifier argument_list parenthesized_statements begin_block ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="ruby",
        extensions=(".rb", ".rake", ".gemspec", ".ru", ".rbw", ".podspec", ".jbuilder"),
        filenames=(
            "Rakefile",
            "Gemfile",
            "Guardfile",
            "Vagrantfile",
            "Podfile",
            "Capfile",
            "Fastfile",
            "Brewfile",
            "Berksfile",
            "Thorfile",
        ),
        rules=RULES,
        bodies=to_end(rb"def [^\n;=]*(?:\([^\n;]*\))?[ \t]*(?=\r?\n)", b"0"),
        trivia=re.compile(rb"#"),
        tail=";,",
    ),
)
