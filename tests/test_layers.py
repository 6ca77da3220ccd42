"""Imports point down only: each module of the project may import its own layer or a lower one."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAYERS = {
    8: {"rag.cli"},
    7: {"api", "rag.mcp_server", "rag.evaluation"},
    6: {"rag.assistant", "rag.ingest", "rag.recognition", "rag.screening"},
    5: {"rag.planning", "rag.retrieval", "rag.answering"},
    4: {
        "rag.sources",
        "rag.chunking",
        "rag.criteria",
        "rag.evidence",
        "rag.origins",
        "rag.verification",
        "rag.snapshot",
        "rag.catalog",
        "rag.catalog_rows",
        "rag.catalog_writer",
        "rag.generations",
        "rag.inspection",
        "rag.records",
        "rag.wire",
    },
    3: {
        "rag.text",
        "rag.sections",
        "rag.embedding",
        "rag.likeness",
        "rag.onnx_export",
        "rag.onnx_graph",
        "rag.lexical",
        "rag.fusion",
        "rag.generation",
        "rag.stores",
        "rag.tokens",
        "rag.asking",
        "rag.given",
        "rag.comparators",
    },
    2: {"rag.types", "rag.settings", "rag.units", "rag.codec", "rag.files"},
    1: {"rag.values", "rag.frozen", "rag.errors", "rag.garbage", "rag.spellings"},
}


def room_of(module: str) -> str:
    """'rag.stores.exact' → 'rag.stores'; 'api.routes' → 'api'."""
    return "api" if module.split(".", maxsplit=1)[0] == "api" else ".".join(module.split(".")[:2])


def layer_of(module: str) -> int:
    room = room_of(module)
    for layer, rooms in LAYERS.items():
        if room in rooms:
            return layer
    raise AssertionError(f"{module} has no layer: give it one in {Path(__file__).name} and ARCHITECTURE.md")


def modules() -> dict[str, Path]:
    found = {}
    for base, top in ((ROOT / "src", "rag"), (ROOT, "api")):
        for path in sorted((base / top).rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path) -> set[str]:
    """Every project module that a file imports, also inside functions and for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module in {"rag", "api"}}
    return {name for name in found if name.startswith(("rag.", "api."))}


def test_imports_point_down():
    upward = [
        f"{module} (layer {layer_of(module)}) imports {name} (layer {layer_of(name)})"
        for module, path in modules().items()
        if module != "rag"
        for name in sorted(imports_of(path))
        if layer_of(name) > layer_of(module)
    ]
    assert upward == []


def test_no_import_cycle_between_rooms():
    edges: dict[str, set[str]] = {}
    for module, path in modules().items():
        if module != "rag":
            edges.setdefault(room_of(module), set()).update(room_of(name) for name in imports_of(path))
    state: dict[str, int] = {}

    def visit(room: str, trail: tuple[str, ...]) -> None:
        assert state.get(room) != 1, f"import cycle: {' → '.join((*trail, room))}"
        if state.get(room) == 2:
            return
        state[room] = 1
        for other in sorted(edges.get(room, set()) - {room}):
            visit(other, (*trail, room))
        state[room] = 2

    for room in sorted(edges):
        visit(room, ())
