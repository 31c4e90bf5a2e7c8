"""yamldecode yamlencode"""

from __future__ import annotations

from declarative_mail.language.functions.model import Function, Parameter
from declarative_mail.language.functions.yaml_reader import decode_yaml
from declarative_mail.language.functions.yaml_writer import encode_yaml
from declarative_mail.language.types import DYNAMIC, STRING
from declarative_mail.language.values import Unknown, Value, is_wholly_known


def yaml_decode(text: str) -> Value:
    """What the YAML text describes."""
    return decode_yaml(text)


def yaml_encode(value: Value) -> Value:
    """The value as YAML."""
    return encode_yaml(value) if is_wholly_known(value) else Unknown(STRING)


FUNCTIONS = (
    Function(
        name="yamldecode",
        parameters=(Parameter("src", STRING),),
        returns=DYNAMIC,
        category="encoding",
        help="The value that a YAML document describes.",
        example='yamldecode("hello: world")',
        impl=yaml_decode,
        may_be_null=True,
    ),
    Function(
        name="yamlencode",
        parameters=(Parameter("value", DYNAMIC, allow_null=True, allow_dynamic=True),),
        returns=STRING,
        category="encoding",
        help="The value as a YAML document.",
        example='yamlencode({ a = "foo", b = ["bar", "baz"] })',
        impl=yaml_encode,
        may_be_null=True,
    ),
)
