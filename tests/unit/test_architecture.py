"""Imports go one way; a new one that goes the other way fails here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BASE = {
    "app.domain", "app.errors", "app.frames", "app.money", "app.numbers", "app.blocking", "app.ops.store_calls",
    "app.ops.request_id",
}  # fmt: skip
PORTS = {
    name
    for path in sorted((ROOT / "app/services").rglob("*ports.py"))
    for name in [".".join(path.relative_to(ROOT).with_suffix("").parts)]
}
# Layer -> what its modules may import of the project, by prefix (its own layer is always allowed).
MAY_IMPORT: dict[str, set[str]] = {
    "app.domain": set(),
    "app.errors": set(),
    "app.blocking": set(),
    "app.frames": set(),
    "app.money": {"app.errors", "app.numbers"},
    "app.numbers": set(),
    "app.web.browser_formats": BASE,
    "app.settings.checks": {"app.domain", "app.numbers"},
    "app.settings.environment": {"app.domain", "app.errors", "app.settings.checks"},
    "app.services": BASE | {"app.settings.environment", "app.documents", "app.mail"},
    "app.documents": BASE,
    "app.mail": BASE,
    # The ports of every room, and of settings what it must know to connect.
    "app.stores": BASE | {"app.settings.environment", "app.services.analytics.ports"} | PORTS,
    "components": {"app.domain", "app.errors", "app.frames", "app.money", "app.numbers"},
    "app.web.auth": BASE | {"app.settings.environment", "app.web.cookies", "app.services", "app.web.session_memory"},
    "app.web.cookies": set(),
    "app.web.session_memory": BASE,
    "app.web.page": BASE | {"app.web.auth", "app.services", "components"},
    "app.ops.request_id": set(),
    "app.ops.store_calls": set(),
    "app.ops.logs": {"app.ops.request_id"},
    "app.ops.cloudwatch_feed": {"app.domain", "app.ops.logs"},
    "app.ops.tracing": BASE | {"app.ops.logs", "app.ops.tracing_spans"},
    "app.ops.tracing_spans": {"app.ops.request_id"},
    "app.ops.metrics": BASE | {"app.ops.cloudwatch_feed"},
    "app.ops.request_log": BASE | {"app.ops.cloudwatch_feed", "app.ops.logs", "app.ops.metrics"},
    "app.ops.metrics_folder": {"app.stores.local"},
    "app.web.origin": BASE | {"app.services"},
    "app.web.dash_payload": BASE,
    "app.web.error_page": set(),
    "app.web.build_id": {"app.__version__"},
    "app.web.stream_rechecks": set(),
    "app.web.live_routes": BASE
    | {"app.web.auth", "app.web.build_id", "app.ops.metrics", "app.web.stream_rechecks", "app.services"},
    "app.web.wall_routes": BASE | {"app.web.auth", "app.web.cookies", "app.web.live_routes", "app.services"},
    "app.web.body_limits": BASE | {"app.web.api", "app.web.auth"},
    "app.web.slow_bodies": BASE | {"app.blocking", "app.services.limits.networks"},
    "app.web.security": BASE
    | {
        "app.web.api",
        "app.web.body_limits",
        "app.settings.environment",
        "app.web.dash_payload",
        "app.web.error_page",
        "app.web.origin",
        "app.ops.request_log",
    },
    "app.web.exports": BASE | {"app.web.auth", "app.services"},
    "app.web.downloads": BASE | {"app.web.auth", "app.services"},
    "app.web.media": BASE | {"app.web.auth", "app.services", "components"},
    "app.web.original_pages": {"app.web.auth"},
    "app.web.api": BASE
    | {
        "app.web.auth",
        "app.web.media",
        "app.ops.metrics",
        "app.web.origin",
        "app.web.original_pages",
        "app.services",
        "components",
    },
    "pages": BASE
    | {"app.web.page", "app.web.auth", "app.web.build_id", "app.services", "app.web.wall_routes", "components"},
    "app.ops": set(),
    "app.settings": set(),
    "app.tools": set(),
    "app.web": set(),
    # Commands in bulk: they write whole years and go past the services on purpose.
    "app.tools.demo": BASE | PORTS | {"app.settings.environment", "app.stores"},
    "app.tools.importer": BASE | PORTS | {"app.settings.environment", "app.services.checks", "app.stores"},
    "app.tools.transfer": BASE | PORTS | {"app.stores.local", "app.stores.sql"},
    "app.tools.simulate": BASE,
    "app.opening": BASE | PORTS | {"app.settings.environment", "app.stores", "app.tools.transfer.ports"},
    "app.wiring": {"app", "components"},
    "app.background": BASE | {"app.services", "app.stores.local"},
    "app.server": {"app", "pages", "components"},
    "app.gunicorn_config": {"app"},
    "app.cli": {"app"},
    "app.__main__": {"app"},
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
