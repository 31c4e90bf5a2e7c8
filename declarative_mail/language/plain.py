"""Values from JSON, as ``jsondecode`` makes them: arrays are tuples, objects are objects."""

from __future__ import annotations

from decimal import Decimal

from declarative_mail.language.values import Value


def from_json(json: object) -> Value:
    """The value of what `json.loads` gave.

    Raises:
        TypeError: it holds something that JSON does not know.
    """
    if json is None or isinstance(json, bool | int | str):
        return json
    if isinstance(json, float):
        number = Decimal(repr(json))
        return int(number) if number == number.to_integral_value() else number
    if isinstance(json, list | tuple):
        return tuple(from_json(item) for item in json)
    if isinstance(json, dict):
        return {str(name): from_json(json[name]) for name in sorted(json)}
    raise TypeError(f"{type(json).__name__} is not a JSON value")
