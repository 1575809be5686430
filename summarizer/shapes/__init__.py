"""The shapes in which a summary leaves: one file each, one table. Spreadsheets have `table`, which writes rows.

Adding a shape is one file with `write`, and one row here; nothing else has to know of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from summarizer.shapes import azure, genesys, genesys_summaries, vcon, wrapup
from summarizer.shapes.told import Told

__all__ = ["SHAPES", "Shape", "Told"]

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to tell of a summary as JSON."""

    name: str
    media_type: str
    write: Callable[[Told], dict[str, Any]]


SHAPES = {
    one.name: one
    for one in (
        Shape("wrapup", JSON, wrapup.write),
        Shape("genesys", JSON, genesys.write),
        Shape("genesys_summaries", JSON, genesys_summaries.write),
        Shape("azure", JSON, azure.write),
        Shape("vcon", vcon.MEDIA_TYPE, vcon.write),
    )
}
