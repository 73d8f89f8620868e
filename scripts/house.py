"""Count the rooms of the source tree and the arrows between them.

Usage: python scripts/house.py [TREE]

A layer is a folder of LAYERS, a room the folder of a subject on it, a loose file one that lies on a layer in no room.
An arrow is one module that imports another; imports for the type checker alone are none. Which arrows point the right
way the tree's own tests/**/test_architecture.py says.
"""

from __future__ import annotations

import ast
import runpy
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

LAYERS = (
    "app", "app/services", "app/stores", "app/stores/sql", "app/web", "app/tools", "pages", "components",
    "tests", "tests/unit", "tests/contract", "tests/integration", "tests/e2e",
)  # fmt: skip
SOURCE = ("app", "pages", "components")
SHOWN = 5  # of the largest files and functions


@dataclass(frozen=True)
class Module:
    name: str
    path: str
    lines: int
    tree: ast.Module

    @property
    def is_source(self) -> bool:
        return self.path.startswith(tuple(f"{top}/" for top in SOURCE))

    @property
    def is_face(self) -> bool:
        """A package's own file, which lies in no room but is the door of one."""
        return self.path.endswith("/__init__.py")


def modules_of(root: Path) -> list[Module]:
    found = []
    for top in (*SOURCE, "tests"):
        for path in sorted((root / top).rglob("*.py")):
            if "migrations" not in path.parts:
                text, place = path.read_text(), path.relative_to(root)
                parts = place.parent.parts if path.name == "__init__.py" else place.with_suffix("").parts
                found.append(Module(".".join(parts), place.as_posix(), text.count("\n"), ast.parse(text)))
    return found


def layer_of(path: str) -> str:
    return max((layer for layer in LAYERS if path.startswith(f"{layer}/")), key=len)


def room_of(path: str) -> str:
    """The room's name on its layer; "" for a loose file."""
    room, slash, _ = path.removeprefix(f"{layer_of(path)}/").partition("/")
    return room if slash else ""


def place_of(path: str) -> str:
    """Layer and room; a loose file's place is itself."""
    room = room_of(path)
    return f"{layer_of(path)}/{room}" if room else path


def imports_of(module: Module, known: set[str]) -> set[str]:
    """The project's modules that `module` imports when it runs, at its top or inside a function."""
    named: set[str] = set()
    for node in _running(module.tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.name.split(".") if module.is_face else module.name.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                named.add(inner if inner in known else base)
    return (named & known) - {module.name}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from _running(child)


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """One circle at a time, each cut at its last arrow until none is left."""
    left, found = {name: set(to) for name, to in arrows.items()}, []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1]  # each is imported by the next
            found.append(circle[::-1])
            left[circle[1]].discard(circle[0])
        else:
            return found


def against(root: Path) -> list[str]:
    """Arrows that the tree's own rule forbids."""
    rule = runpy.run_path(str(next((root / "tests").rglob("test_architecture.py"))))
    wrong = []
    for module, path in rule["modules"]():
        layer = rule["layer_of"](module)
        allowed = {*rule["MAY_IMPORT"].get(layer, ()), layer, "app.__version__"}
        if module != "app":
            wrong += [
                f"{module} -> {name}"
                for name in sorted(rule["imports_of"](path, module))
                if not any(rule["within"](name, prefix) for prefix in allowed)
            ]
    return wrong


def functions_of(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{module.path}:{node.name}"


def show_layers(modules: list[Module]) -> None:
    print(f"{'layer':20}{'rooms':>6}{'loose':>7}{'files':>7}{'lines':>8}   largest room")
    for layer in LAYERS:
        here = [m for m in modules if layer_of(m.path) == layer]
        files = [m for m in here if not m.is_face]
        lines: Counter[str] = Counter()
        for module in here:
            lines[room_of(module.path)] += module.lines
        loose = sum(not room_of(m.path) for m in files)
        largest = max((room for room in lines if room), key=lambda room: lines[room], default="")
        words = f"{largest} ({lines[largest]} lines)" if largest else "-"
        rooms = sum(bool(room) for room in lines)
        print(f"{layer:20}{rooms:6}{loose:7}{len(files):7}{sum(m.lines for m in here):8}   {words}")


def show_subjects(modules: list[Module]) -> None:
    """Each room of the services, with its files on every layer that has a room of that name."""
    layers = [layer for layer in LAYERS if layer.startswith(("app/services", "app/stores/sql", "pages", "tests/"))]
    count = Counter((layer_of(m.path), room_of(m.path)) for m in modules if not m.is_face)
    subjects = sorted({room for layer, room in count if layer == "app/services" and room})
    if subjects:
        heads = [layer.removeprefix("app/").removeprefix("tests/") for layer in layers]
        print(f"\n{'files of a subject':20}" + "".join(f"{head:>13}" for head in heads))
        for subject in subjects:
            print(f"{subject:20}" + "".join(f"{count[layer, subject] or '.':>13}" for layer in layers))


def show_arrows(modules: list[Module], root: Path) -> None:
    source = {m.name: m for m in modules if m.is_source}
    arrows = {name: imports_of(module, set(source)) for name, module in source.items()}
    pairs = [(place_of(source[a].path), place_of(source[b].path)) for a, to in arrows.items() for b in to]
    between = {(a, b) for a, b in pairs if a != b}
    both_ways = sorted((a, b) for a, b in between if (b, a) in between and a < b)
    print(f"\n{len(pairs)} arrows between modules, {sum(a == b for a, b in pairs)} of them inside a room")
    print(f"{len(between)} arrows between rooms (a loose file counts as one), {len(both_ways)} pairs both ways")
    for a, b in both_ways:
        print(f"  {a} <-> {b}")
    for words, found in (
        ("arrows against the rule of test_architecture.py", against(root)),
        ("circles of modules", [" -> ".join(circle) for circle in circles(arrows)]),
    ):
        print(f"{len(found)} {words}", *found, sep="\n  ")


def show_sizes(modules: list[Module]) -> None:
    source = [m for m in modules if m.is_source]
    print()
    for what, sizes in (
        ("files", sorted((m.lines, m.path) for m in source if not m.is_face)),
        ("functions", sorted(pair for m in source for pair in functions_of(m))),
    ):
        lines = [size for size, _ in sizes]
        high = lines[int(len(lines) * 0.95)]
        print(f"{len(sizes)} {what}: lines median {statistics.median(lines):.0f}, 95th {high}, most {lines[-1]}")
        for size, name in reversed(sizes[-SHOWN:]):
            print(f"{size:6}  {name}")


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve()
    modules = modules_of(root)
    show_layers(modules)
    show_subjects(modules)
    show_arrows(modules, root)
    show_sizes(modules)


if __name__ == "__main__":
    main()
