from enum import StrEnum


class Stage(StrEnum):
    PLANNING = "planning"
    IMPLEMENTATION = "implementation"


class Phase(StrEnum):
    CONTEXT = "context"
    TASKS = "tasks"
    NONE = ""
