"""bcrypt rsadecrypt uuid uuidv5"""

from __future__ import annotations

import uuid
from base64 import b64encode

from declarative_mail.language.functions.arguments import HEX_DIGITS, whole_number
from declarative_mail.language.functions.encoding import decode_base64
from declarative_mail.language.functions.model import CallContext, Function, FunctionError, Parameter
from declarative_mail.language.numeric import Number
from declarative_mail.language.types import NUMBER, STRING
from declarative_mail.language.values import Unknown, Value

DEFAULT_COST, LEAST_COST, GREATEST_COST = 10, 4, 31
LONGEST_COST = 16
"""The cost above which one digest takes longer than some seconds: each step doubles it."""
MAX_PASSWORD = 72
"""Bytes that bcrypt looks at."""
_SALT_ALPHABET = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}
_URN = "urn:uuid:"


def bcrypt_hash(text: str, *cost: Number, context: CallContext) -> Value:
    """The bcrypt digest of a password with a fresh salt, known only after apply."""
    if len(cost) > 1:
        raise FunctionError(None, "bcrypt() takes no more than two arguments")
    rounds = whole_number(cost[0]) if cost else DEFAULT_COST
    rounds = DEFAULT_COST if rounds < LEAST_COST else rounds
    if rounds > GREATEST_COST:
        raise FunctionError(None, f"cost {rounds} is outside allowed range ({LEAST_COST},{GREATEST_COST})")
    if rounds > LONGEST_COST:
        raise FunctionError(None, f"a cost of {rounds} would take minutes or more; at most {LONGEST_COST} can be used")
    if len(text.encode()) > MAX_PASSWORD:
        raise FunctionError(None, f"password length exceeds {MAX_PASSWORD} bytes")
    if context.unknown_at_plan:
        return Unknown(STRING)
    return _bcrypt(text, rounds, context.random_bytes(16))


def _bcrypt(password: str, rounds: int, salt: bytes) -> str:
    import bcrypt

    letters = b64encode(salt).decode("ascii").rstrip("=").translate(_SALT_ALPHABET)
    return bcrypt.hashpw(password.encode(), f"$2a${rounds:02d}${letters}".encode()).decode("ascii")


def rsa_decrypt(ciphertext: str, privatekey: str) -> Value:
    """What was encrypted for an RSA key (PKCS #1 v1.5). Neither text nor key is ever in a message."""
    try:
        data = decode_base64(ciphertext)
    except ValueError:
        raise FunctionError(0, "failed to decode input: cipher text must be base64-encoded") from None
    return _decrypt(data, privatekey.encode())


def _decrypt(data: bytes, key_text: bytes) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    load = load_ssh_private_key if b"BEGIN OPENSSH" in key_text else load_pem_private_key
    if b"-----BEGIN " not in key_text:
        raise FunctionError(1, "invalid private key: no key found")
    try:
        key = load(key_text, password=None)
    except TypeError:
        raise FunctionError(1, "invalid private key: this private key is passphrase protected") from None
    except (ValueError, UnsupportedAlgorithm):
        raise FunctionError(1, "invalid private key: it is no key in PEM form") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise FunctionError(1, "invalid private key type: an RSA key is required")
    try:
        return key.decrypt(data, padding.PKCS1v15()).decode()
    except ValueError:
        raise FunctionError(None, "failed to decrypt: the text was not encrypted for this key") from None


def random_uuid(*, context: CallContext) -> Value:
    """A random UUID, known only after apply."""
    if context.unknown_at_plan:
        return Unknown(STRING)
    data = context.random_bytes(16).hex()
    return "-".join((data[:8], data[8:12], data[12:16], data[16:20], data[20:]))


def uuid_v5(namespace: str, name: str) -> Value:
    """The UUID of a name in a namespace: one of four words, or a UUID."""
    space = _NAMESPACES.get(namespace) or _parse_uuid(namespace)
    if space is None:
        raise FunctionError(None, f"uuidv5() doesn't support namespace {namespace}: it is no valid UUID")
    return str(uuid.uuid5(space, name))


def _parse_uuid(text: str) -> uuid.UUID | None:
    """A UUID with hyphens, in braces or with ``urn:uuid:`` before it, or its 32 digits alone."""
    plain = text
    if len(text) == 45 and text[:9].lower() == _URN:
        plain = text[9:]
    elif len(text) == 38:
        plain = text[1:-1]
    hyphens = len(plain) == 36 and [plain[index] for index in (8, 13, 18, 23)] == ["-"] * 4
    digits = plain.replace("-", "")
    if not (hyphens or len(text) == 32) or len(digits) != 32 or not set(digits) <= HEX_DIGITS:
        return None
    return uuid.UUID(digits)


FUNCTIONS = (
    Function(
        name="bcrypt",
        parameters=(Parameter("str", STRING),),
        variadic=Parameter("cost", NUMBER),
        returns=STRING,
        category="crypto",
        help="The bcrypt digest of a password; known only after apply.",
        example='bcrypt("hello world")',
        impl=bcrypt_hash,
        uses=("context",),
    ),
    Function(
        name="rsadecrypt",
        parameters=(Parameter("ciphertext", STRING), Parameter("privatekey", STRING)),
        returns=STRING,
        category="crypto",
        help="The text that was encrypted for an RSA key.",
        example='rsadecrypt(filebase64("password.enc"), file("key.pem"))',
        impl=rsa_decrypt,
    ),
    Function(
        name="uuid",
        returns=STRING,
        category="crypto",
        help="A random UUID; known only after apply.",
        example="uuid()",
        impl=random_uuid,
        uses=("context",),
    ),
    Function(
        name="uuidv5",
        parameters=(Parameter("namespace", STRING), Parameter("name", STRING)),
        returns=STRING,
        category="crypto",
        help="The UUID of a name in a namespace.",
        example='uuidv5("dns", "www.example.com")',
        impl=uuid_v5,
    ),
)
