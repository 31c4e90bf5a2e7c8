"""A secret never shows itself, whatever turns objects into text."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from copy import deepcopy

import msgspec
import pytest

from declarative_mail.secrets import PLACEHOLDER, Secret
from tests.support.canary import secret_value


@pytest.mark.parametrize("write", [str, repr, "{}".format, "{:>40}".format], ids=["str", "repr", "format", "spec"])
def test_texts_show_the_placeholder(write: Callable[[object], str]) -> None:
    """With a width or another form, too."""
    assert write(Secret(secret_value(), "env:X")) == PLACEHOLDER


@pytest.mark.parametrize(
    "write",
    [json.dumps, msgspec.json.encode, msgspec.msgpack.encode, msgspec.to_builtins, pickle.dumps, deepcopy],
    ids=lambda write: f"{write.__module__}.{write.__name__}",
)
def test_what_serialises_refuses_it(write: Callable[[object], object]) -> None:
    """Even msgspec, which writes structs and dataclasses as objects: a secret is neither."""
    with pytest.raises(TypeError) as caught:
        write({"x": [Secret(secret_value())]})

    assert secret_value() not in str(caught.value)


def test_a_secret_does_not_change() -> None:
    """It is a key of the fingerprints that were computed."""
    secret = Secret(secret_value(), "env:X")

    with pytest.raises(AttributeError):
        secret.source = "literal"
    assert (secret.reveal(), secret.source) == (secret_value(), "env:X")
    assert secret == Secret(secret_value())
    assert hash(secret) == hash(Secret(secret_value()))
