"""Replies of models, in the form that the prompts ask for."""


def plan_of(*tasks: str, uses: str = "") -> str:
    """A planning reply. `uses` goes into the `Uses:` line of every task."""
    lines = ["I will do it step by step.", "", "### Tasks", ""]
    for number, title in enumerate(tasks, 1):
        lines += [f"{number}. {title}", f"Uses: {uses or '`new.py`'}", ""]
    return "\n".join([*lines, "<PlandexFinish/>"])


def block(path: str, text: str, lang: str = "python") -> str:
    """A file in a reply; `text` ends with a newline."""
    return f'- {path}:\n<PlandexBlock lang="{lang}" path="{path}">\n{text}</PlandexBlock>\n\n'


def unplaceable(path: str) -> str:
    """An edit whose place no rule finds in any file."""
    return block(path, "# ... existing code ...\n\nnowhere()\n\n# ... existing code ...\n")


def creating(path: str, text: str) -> str:
    head = f"**Creating `{path}`**\nType: new file\nSummary: a new file\n\n"
    return head + block(path, text)


def done(title: str) -> str:
    return f"**{title}** has been completed.\n<PlandexFinish/>"


def section(heading: str, *lines: str) -> str:
    """A section of file operations."""
    listed = "".join(f"- {line}\n" for line in lines)
    return f"### {heading}\n{listed}<EndPlandexFileOps/>\n\n"
