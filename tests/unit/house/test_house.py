"""The script that counts rooms and arrows."""

from __future__ import annotations

from pathlib import Path

from scripts.house import circles, imports_of, modules_of, place_of

FILES = {
    "app/money.py": "",
    "app/services/cart/carts.py": "from app import money\nfrom app.services.stock import count\n",
    "app/services/stock/count.py": "from app.services.cart.carts import Cart\n",
    "app/services/stock/typed.py": "if TYPE_CHECKING:\n    from pages.shop.home import layout\n",
    "pages/shop/home.py": "import app.services.cart.carts\n",
}


def test_arrows_are_what_modules_import_when_they_run(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    modules = modules_of(tmp_path)
    known = {module.name for module in modules}
    assert {module.name: imports_of(module, known) for module in modules} == {
        "app.money": set(),
        "app.services.cart.carts": {"app.money", "app.services.stock.count"},
        "app.services.stock.count": {"app.services.cart.carts"},
        "app.services.stock.typed": set(),
        "pages.shop.home": {"app.services.cart.carts"},
    }


def test_a_file_lies_in_the_room_of_its_layer_or_stands_for_itself() -> None:
    assert [place_of(path) for path in ("app/stores/sql/orders/reads.py", "pages/admin/stock.py", "app/money.py")] == [
        "app/stores/sql/orders",
        "pages/admin",
        "app/money.py",
    ]


def test_a_circle_is_found_and_what_only_leads_on_is_none() -> None:
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    found = circles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    assert [set(circle) for circle in found] == [{"a", "b"}]
