"""Copies of records with some fields changed.

Nearly all records are msgspec structs: making a frozen dataclass costs thirty times as much when a program starts, and
there are two hundred of them. Dataclasses are what needs a field that is not shown or not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The type checker knows what this one does with structs, too: it checks the names and types of what is changed.
    from dataclasses import replace
else:
    from dataclasses import replace as _replace_dataclass

    from msgspec import Struct
    from msgspec.structs import replace as _replace_struct

    def replace(record: Any, /, **changes: Any) -> Any:
        """The same record with other values of some fields."""
        return (_replace_struct if isinstance(record, Struct) else _replace_dataclass)(record, **changes)


__all__ = ["replace"]
