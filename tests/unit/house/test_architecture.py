"""Imports go one way; a new one that goes the other way fails here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

BASE = {
    "app.addresses", "app.domain", "app.errors", "app.frames", "app.kept", "app.money", "app.numbers", "app.blocking",
    "app.ops.store_calls", "app.ops.request_id", "app.words",
}  # fmt: skip
PORTS = {
    name
    for path in sorted((ROOT / "app/services").rglob("*ports.py"))
    for name in [".".join(path.relative_to(ROOT).with_suffix("").parts)]
}
# Room -> what its modules may import of the project, by prefix (its own is always allowed); the longest name counts.
MAY_IMPORT: dict[str, set[str]] = {
    "app.domain": {"app.words"},
    "app.words": set(),
    "app.errors": {"app.words"},
    "app.addresses": {"app.words"},
    "app.blocking": set(),
    "app.frames": set(),
    "app.kept": {"app.money", "app.words"},
    "app.numbers": set(),
    "app.money": {"app.errors", "app.numbers", "app.words"},
    "app.settings": {"app.domain", "app.errors", "app.numbers"},
    "app.pictures": {"app.domain", "app.numbers", "app.words"},
    "app.documents": BASE,
    "app.mail": BASE,
    "app.ops": BASE | {"app.stores.local"},
    "app.services": BASE | {"app.settings", "app.documents", "app.mail"},
    # Of the services only the ports that a store keeps; of the settings what it takes to connect.
    "app.stores": BASE | PORTS | {"app.settings"},
    "components": {
        "app.addresses",
        "app.domain",
        "app.errors",
        "app.frames",
        "app.kept",
        "app.money",
        "app.numbers",
        "app.pictures",
        "app.words",
    },
    "app.web": BASE | {"app.settings", "app.services", "app.ops", "app.pictures", "components", "app.__version__"},
    "app.web.api": BASE | {"app.settings", "app.services", "app.ops", "app.pictures", "app.web"},
    "app.web.exports": BASE | {"app.services", "app.web.identity.caller", "app.web.identity.principal"},
    "pages": BASE | {"app.services", "app.web", "components"},
    # Commands in bulk: they write whole years and go past the services on purpose.
    "app.tools.demo": BASE | PORTS | {"app.settings", "app.stores"},
    "app.tools.importer": BASE | PORTS | {"app.settings", "app.services.checks", "app.stores"},
    "app.tools.transfer": BASE | PORTS | {"app.stores.local", "app.stores.sql"},
    "app.tools.simulate": BASE,
    "app.tools": set(),
    "app.wiring": {"app", "components"},
    # Apart from the services, so that a short command need not load them.
    "app.wiring.stores": BASE | PORTS | {"app.settings", "app.stores", "app.tools.transfer.ports"},
    "app.wiring.background": BASE | {"app.services", "app.stores.local"},
    "app.server": {"app", "pages", "components"},
    "app.gunicorn_config": {"app"},
    "app.cli": {"app"},
    "app.__main__": {"app.cli"},
}
ONLY_SERVER_SIDE = {"app.server", "app.gunicorn_config", "app.cli", "app.__main__"}


def modules() -> list[tuple[str, Path]]:
    found = []
    for top in ("app", "pages", "components"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append((name, path))
    return found


def layer_of(module: str) -> str:
    matches = [layer for layer in MAY_IMPORT if module == layer or module.startswith(layer + ".")]
    return max(matches, key=len, default="")


def imports_of(path: Path, module: str) -> set[str]:
    found: set[str] = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("app", "pages", "components")}


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_module_imports_only_what_its_layer_may(module: str, path: Path) -> None:
    if module == "app":
        return
    layer = layer_of(module)
    assert layer, f"{module} belongs to no layer; add it to MAY_IMPORT"
    allowed = MAY_IMPORT[layer] | {layer}
    wrong = sorted(
        name
        for name in imports_of(path, module)
        if not any(within(name, prefix) for prefix in allowed) and name != "app.__version__"
    )
    assert not wrong, f"{module} ({layer}) imports {wrong}"


def test_nothing_but_the_entry_points_imports_the_server() -> None:
    importers = {
        module
        for module, path in modules()
        if any(within(name, "app.server") for name in imports_of(path, module)) and layer_of(module) != "app.server"
    }
    assert all(layer_of(module) in ONLY_SERVER_SIDE for module in importers), importers


def test_stores_know_nothing_of_each_other_across_backends() -> None:
    for module, path in modules():
        if within(module, "app.stores.sql"):
            assert not any(within(name, "app.stores.dynamo") for name in imports_of(path, module)), module
