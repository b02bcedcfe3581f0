"""Models that plan and write one small file."""

from typing import Any

from benchmarks.models import FIXED, SCRIPT, ModelServer, begin, end, send

PLAN = "I will write `{0}.py`.\n\n### Tasks\n\n1. Write the file\nUses: `a.py`\n\n<PlandexFinish/>"
CODE = (
    "- {0}.py:\n"
    '<PlandexBlock lang="python" path="{0}.py">\n'
    "def {0}():\n    return 1\n</PlandexBlock>\n\n"
    "**Write the file** has been completed.\n\n<PlandexFinish/>"
)


class Models(ModelServer):
    async def answer_request(self, request: dict[str, Any], writer: Any) -> None:
        role = request["model"].removeprefix("bench-")
        scripts = SCRIPT.findall(str(request["messages"]))
        name = scripts[-1] if scripts else "one"
        text = FIXED.get(role) or (PLAN if role == "planner" else CODE).format(name)
        begin(writer)
        for sequence in request.get("stop") or []:
            text = text.partition(sequence)[0]
        send(writer, text)
        end(writer)
        await writer.drain()
