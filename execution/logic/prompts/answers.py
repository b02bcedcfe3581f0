"""How auxiliary calls answer: as XML tags in text, or as a forced function call."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from execution.logic.prompts.render import render


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """The fields of an answer; `fields` maps a name to its JSON type."""

    tool: str
    description: str
    fields: Mapping[str, str]
    xml_root: str = ""

    def parameters(self) -> dict[str, object]:
        """The JSON schema of the function's arguments."""
        return {
            "type": "object",
            "properties": {name: {"type": kind} for name, kind in self.fields.items()},
            "required": list(self.fields),
            "additionalProperties": False,
        }

    def request(self, *, as_tool: bool) -> str:
        """The sentence that asks for the answer."""
        if as_tool:
            return render("answer_tool", tool=self.tool)
        tags = "".join(
            f"<{name}>{'true or false' if kind == 'boolean' else '…'}</{name}>"
            for name, kind in self.fields.items()
        )
        root = self.xml_root
        return render("answer_xml", form=f"<{root}>{tags}</{root}>" if root else tags)

    def read(self, output: str, *, as_tool: bool) -> dict[str, str] | None:
        """The fields as trimmed text (`true`/`false` for booleans); `None` if one is missing."""
        found = _from_json(output) if as_tool else self._from_xml(output)
        if found is None or not all(name in found for name in self.fields):
            return None
        return {name: found[name] for name in self.fields}

    def _from_xml(self, output: str) -> dict[str, str]:
        values = {name: xml_value(output, name) for name in self.fields}
        return {name: value for name, value in values.items() if value is not None}


PLAN_NAME = AnswerForm("namePlan", "Name the plan.", {"planName": "string"})
PIPED_DATA_NAME = AnswerForm("namePipedData", "Name the piped data.", {"name": "string"})
NOTE_NAME = AnswerForm("nameNote", "Name the note.", {"name": "string"})
DESCRIBE = AnswerForm("describePlan", "Describe the changes.", {"commitMsg": "string"})
TASK_FINISHED = AnswerForm(
    "didFinishSubtask",
    "Say whether the task is finished.",
    {"reasoning": "string", "subtaskFinished": "boolean"},
    xml_root="subtaskStatus",
)


def xml_value(text: str, tag: str) -> str | None:
    """The trimmed text between the last opening tag and the next closing tag."""
    _, opening, rest = text.rpartition(f"<{tag}>")
    value, closing, _ = rest.partition(f"</{tag}>")
    return value.strip() if opening and closing else None


def _from_json(output: str) -> dict[str, str] | None:
    """Not with Python's own decoder: it lets half a character through, which nothing can store."""
    try:
        arguments = msgspec.json.decode(output)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(arguments, dict):
        return None
    return {
        name: str(value).lower() if isinstance(value, bool) else _text(value)
        for name, value in arguments.items()
    }


def _text(value: object) -> str:
    return str(value).replace("\0", "").strip()
