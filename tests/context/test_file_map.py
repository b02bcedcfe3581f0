import pytest

from tests.factories import World


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Stands for the pool of mapping processes; holds what it was given."""
    given: list[dict[str, str]] = []

    def map_files(inputs: dict[str, str], shelf: object) -> dict[str, str]:
        given.append(inputs)
        return {path: f"map of {path}\n" for path in inputs}

    monkeypatch.setattr("context.services.file_maps.map_files", map_files)
    return given


def test_it_works(world: World, mapped: list[dict[str, str]]) -> None:
    body = {"mapInputs": {"a.py": "def f(): ...\n", "b.txt": ""}}
    reply = world.owner.post("/file_map", body, status=200)
    assert reply.json == {"mapBodies": {"a.py": "map of a.py\n", "b.txt": "map of b.txt\n"}}
    assert mapped == [body["mapInputs"]]


def test_the_real_pool(world: World) -> None:
    body = {"mapInputs": {"a.py": "def f(x):\n    return x\n", "b.txt": "", "c.py": ""}}
    assert world.owner.post("/file_map", body).json["mapBodies"] == {
        "a.py": "def f(x)\n",
        "b.txt": "[NO MAP]",
        "c.py": "",
    }


def test_a_file_that_is_too_long_is_cut(world: World, mapped: list[dict[str, str]]) -> None:
    long = "x = 1  # \ufffd\n" * 60_000
    world.owner.post("/file_map", {"mapInputs": {"a.py": long}})
    (given,) = mapped
    assert long.startswith(given["a.py"])
    assert 500_000 < len(given["a.py"].encode()) <= 512_000


@pytest.mark.parametrize("files", [501, 3000])
def test_large_batches_are_taken(world: World, mapped: list[dict[str, str]], files: int) -> None:
    inputs = {f"{number}.py": "x" * 4000 for number in range(files)}
    assert len(world.owner.post("/file_map", {"mapInputs": inputs}).json["mapBodies"]) == files


def test_too_many_files(world: World, mapped: list[dict[str, str]]) -> None:
    inputs = {f"{number}.py": "" for number in range(3001)}
    refused = world.owner.post("/file_map", {"mapInputs": inputs}, status=400)
    assert refused.text == "Too many files to map: 3001 (max 3000)\n"
    assert mapped == []


def test_too_much_text(
    world: World, mapped: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("context.views.byte_size", lambda text: 200_000_000)
    inputs = {"mapInputs": {"a.py": "", "b.py": ""}}
    refused = world.owner.post("/file_map", inputs, status=400)
    assert refused.text == "Max map size exceeded: 400000000 (max 262144000)\n"


@pytest.mark.parametrize("body", [b"", b"{", [], {"mapInputs": {"a.py": 1}}])
def test_bad_requests(world: World, body: object) -> None:
    refused = world.owner.post("/file_map", body, status=400)
    assert refused.text.startswith("Error decoding request")


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b'"a\\ud800b"', "a\ufffdb"),
        (b'"\\udcff"', "\ufffd"),
        (b'"\\ud83d\\ude00 \\\\ud800"', "\U0001f600 \\ud800"),
    ],
)
def test_what_is_no_unicode_is_replaced(
    world: World, mapped: list[dict[str, str]], sent: bytes, text: str
) -> None:
    world.owner.post("/file_map", b'{"mapInputs": {"a.py": ' + sent + b"}}", status=200)
    assert mapped == [{"a.py": text}]


def test_nothing_to_map(world: World, mapped: list[dict[str, str]]) -> None:
    assert world.owner.post("/file_map", {}).json == {"mapBodies": {}}


def test_access(world: World, mapped: list[dict[str, str]]) -> None:
    world.owner.token = "unknown"
    world.owner.post("/file_map", {"mapInputs": {}}, status=401)
