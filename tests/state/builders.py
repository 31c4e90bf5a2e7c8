"""Small states for tests, and what a test asks of an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from declarative_mail.addresses import Address, parse_address
from declarative_mail.diagnostics import Code, DiagnosticError
from declarative_mail.records import replace
from declarative_mail.state.digest import attribute_digests
from declarative_mail.state.lock import LockInfo, new_lock_info
from declarative_mail.state.snapshot import ModuleCall, ResourceRecord, Snapshot

LINEAGE = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
OTHER_LINEAGE = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"


def make_record(address: str | Address, **fields: Any) -> ResourceRecord:
    """An object on the local remote, applied as it is."""
    where = parse_address(address) if isinstance(address, str) else address
    attributes = fields.pop("attributes", {"name": where.name})
    given = {
        "module": tuple(ModuleCall(name=step.name, key=step.key) for step in where.module),
        "mode": where.mode,
        "type": where.type,
        "name": where.name,
        "key": where.key,
        "remote": "local",
        "id": str(where),
        "schema_version": 1,
        "attributes": attributes,
    }
    if "applied" not in fields:
        given["applied"] = attribute_digests(attributes)
    return ResourceRecord(**(given | fields))


def make_snapshot(*addresses: str | ResourceRecord, **fields: Any) -> Snapshot:
    """A state with these objects."""
    records = [one if isinstance(one, ResourceRecord) else make_record(one) for one in addresses]
    empty = Snapshot.empty(lineage=LINEAGE, tool_version="0.1.0")
    changes: dict[str, Any] = {"serial": 1, **fields}
    return replace(empty.with_resources(records), **changes)


def make_lock(operation: str = "apply") -> LockInfo:
    """What a lock of this process says."""
    return new_lock_info(operation, path="state", version="0.1.0")


@contextmanager
def fails_with(*codes: Code) -> Iterator[pytest.ExceptionInfo[DiagnosticError]]:
    """The block must end with exactly these diagnostics, each of which tells the user what to do."""
    with pytest.raises(DiagnosticError) as caught:
        yield caught

    assert [code.id for code in codes] == [one.code.id for one in caught.value.diagnostics]
    for one in caught.value.diagnostics:
        assert " None" not in one.detail
        assert one.detail.rstrip()[-1] in ".…=" or "\n  " in one.detail
