"""AG Grid (community) in the house style: column kinds, and the grid with its usual options.

Cells and formatters named here live in assets/55-admin-grids.js.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag

Column = dict[str, Any]


def text(field: str, head: str, **more: Any) -> Column:
    return {"field": field, "headerName": head, **more}


def product(field: str = "name", head: str = "Product", **more: Any) -> Column:
    """Name with what stands under it, and the picture if the row has an `image`."""
    return {"field": field, "headerName": head, "cellRenderer": "ProductCell", "minWidth": 150, "flex": 3, **more}


def number(field: str, head: str, **more: Any) -> Column:
    return _numeric(field, head, "adminNumber(params.value)", **more)


def money(field: str, head: str, **more: Any) -> Column:
    """Minor units, shown as an amount without its sign: the head names the currency."""
    return _numeric(field, head, "adminAmount(params.value)", **{"minWidth": 116, **more})


def computed(field: str, head: str, call: str, **more: Any) -> Column:
    """A number column shown by one of the formatters of assets/55-admin-grids.js; empty values sort last."""
    return _numeric(field, head, call, comparator={"function": "adminEmptyLast"}, **more)


def state(field: str = "state", head: str = "Status", **more: Any) -> Column:
    return {
        "field": field,
        "headerName": head,
        "cellRenderer": "StateCell",
        "minWidth": 124,
        "width": 124,
        "flex": 0,
        **more,
    }


def _numeric(field: str, head: str, call: str, **more: Any) -> Column:
    return {
        "field": field,
        "headerName": head,
        "type": "rightAligned",
        "cellClass": "num-cell",
        "valueFormatter": {"function": call},
        "minWidth": 84,
        "sortingOrder": ["desc", "asc", None],
        **more,
    }


def grid(
    grid_id: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    *,
    row_id: str = "product_id",
    row_height: int = 56,
    empty: str,
    height: str = "560px",
    grid_options: Mapping[str, Any] | None = None,
    **more: Any,
) -> dag.AgGrid:
    """Rows live in the browser (tens of thousands are fine); the quick filter is `dashGridOptions.quickFilterText`."""
    return dag.AgGrid(
        id=grid_id,
        columnDefs=list(columns),
        rowData=list(rows),
        getRowId=f"params.data.{row_id}",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "flex": 1,
            "suppressHeaderMenuButton": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "rowHeight": row_height,
            "headerHeight": 36,
            "suppressCellFocus": False,
            "suppressMovableColumns": True,
            "enableCellTextSelection": True,
            "animateRows": False,
            # All columns are drawn at their place at once: moved or left out, heads end up on top of each other.
            "suppressColumnVirtualisation": True,
            "suppressColumnMoveAnimation": True,
            "localeText": {"noRowsToShow": empty, "noMatchingRows": empty},
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            **(grid_options or {}),
        },
        className="kit-grid",
        style={"height": height},
        **more,
    )
