"""Uploaded pictures: from the shop's folder into the target's store, through its port."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.services.catalog.ports import Images
from app.stores.sql.tables import products, shop_settings
from app.tools.transfer.rows import Row

LOGO = "logo"  # the setting that names it


class Pictures:
    """Carries the products' pictures and the shop's logo from one store to another.

    `carry` them, then `rename` products and `rename_logo`: a store encodes a picture anew, and names it by what comes
    out.
    """

    def __init__(self, source: Images, target: Images) -> None:
        self._source = source
        self._target = target
        self._names: dict[str, str] = {}
        self.missing: list[str] = []

    def carry(self, connection: Connection) -> int:
        """How many there are. Safe to run twice: the same picture gets the same name."""
        query = select(products.c.image, products.c.pictures).where(products.c.image.is_not(None)).distinct()
        for image, pictures in connection.execute(query):
            for name in dict.fromkeys((image, *(name for name, _ in json.loads(pictures or "[]")))):
                self._carry(name)
        logo = connection.execute(select(shop_settings.c.value).where(shop_settings.c.name == LOGO)).scalar()
        if logo:
            self._carry(logo)
        return len(self._names)

    def _carry(self, name: str) -> None:
        if name not in self._names:
            self._names[name] = self._carried(name)

    def rename(self, row: Row) -> Row:
        if row["image"] is None:
            return row
        renamed: Row = {"image": self._names[row["image"]]}
        if row["pictures"]:
            pictures = [[self._names[name], alt] for name, alt in json.loads(row["pictures"])]
            renamed["pictures"] = json.dumps(pictures, ensure_ascii=False, separators=(",", ":"))
        return row | renamed

    def rename_logo(self, row: Row) -> Row:
        """`row`: of any setting."""
        return row | {"value": self._names[row["value"]]} if row["name"] == LOGO and row["value"] else row

    def _carried(self, name: str) -> str:
        try:
            self._target.load(name)
        except NotFound:
            try:
                return self._target.save(self._source.load(name))
            except NotFound:
                self.missing.append(name)  # a drawn one stands for it, or the shop's mark, here as there
        return name
