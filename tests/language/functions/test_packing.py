"""Packed texts: what is packed can be unpacked, and the code words are good ones."""

from __future__ import annotations

import base64
import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.language.functions.deflate import deflate
from declarative_mail.language.functions.encoding import MAX_EXACT, decode_base64
from declarative_mail.language.functions.huffman import make_codes
from tests.language.functions.world import call

LAST_BLOCK = b"\x01\x00\x00\xff\xff"


def unpacked(packed: bytes) -> bytes:
    """What zlib makes of it."""
    return zlib.decompress(packed + LAST_BLOCK, wbits=-15)


def random_bytes(count: int, letters: int, seed: int) -> bytes:
    """Bytes of so many different values."""
    source = random.Random(seed)  # noqa: S311 - the same bytes in every run
    return bytes(source.randrange(letters) for _ in range(count))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a",
        b"aaaa",
        b"abcabcabcabc",
        bytes(range(256)),
        random_bytes(3000, 256, 1),
        random_bytes(40_000, 4, 2),
        random_bytes(20_000, 60, 3),
        b"".join(b"line %d of text\n" % number for number in range(3000)),
        b"x" * 70_000,
        random_bytes(300, 256, 4) * 120,
    ],
    ids=len,
)
def test_it_can_be_unpacked(data: bytes) -> None:
    """Stored, fixed and own code words, near and far matches, several blocks."""
    assert unpacked(deflate(data)) == data


@given(st.binary(max_size=400))
def test_anything_can_be_unpacked(data: bytes) -> None:
    """Whatever it is."""
    assert unpacked(deflate(data)) == data


@given(st.text(alphabet="ab", max_size=2000))
def test_repetitions_are_found(text: str) -> None:
    """Texts of two letters never take more than a stored block."""
    data = text.encode()
    packed = deflate(data)

    assert unpacked(packed) == data
    assert len(packed) <= len(data) + 10


@given(st.lists(st.integers(0, 50), min_size=1, max_size=286), st.sampled_from([7, 15]))
def test_code_words_are_prefix_free_and_short_enough(frequencies: list[int], longest: int) -> None:
    """Kraft's sum is one, no word is longer than allowed, and a rarer symbol has no shorter word."""
    frequencies = frequencies[: 1 << longest]
    codes = make_codes(frequencies, longest)
    lengths = {symbol: length for symbol, (_, length) in codes.items()}

    assert set(codes) == {symbol for symbol, frequency in enumerate(frequencies) if frequency}
    if len(codes) > 2:
        assert sum(2.0**-length for length in lengths.values()) == 1
        assert max(lengths.values()) <= longest
        assert len({(word, length) for word, length in codes.values()}) == len(codes)
    pairs = [(frequencies[symbol], length) for symbol, length in lengths.items()]
    assert all(a[1] <= b[1] for a in pairs for b in pairs if a[0] > b[0])


@pytest.mark.parametrize("text", ["", "ü" * 10, "x" * (MAX_EXACT + 10)], ids=["empty", "short", "long"])
def test_base64gzip_is_a_gzip_file(text: str) -> None:
    """Whoever packs it, gzip opens it."""
    packed = call("base64gzip", text)

    assert gzip.decompress(base64.b64decode(str(packed))).decode() == text


@given(st.binary())
def test_base64_is_read_strictly(data: bytes) -> None:
    """Right texts are read with line breaks anywhere; one letter less is a fault."""
    text = base64.b64encode(data).decode()
    broken = "\r\n".join(text[index : index + 5] for index in range(0, len(text), 5))

    assert decode_base64(broken) == data
    if text:
        with pytest.raises(ValueError, match=r"^[0-9]+$"):
            decode_base64(text[:-1])
