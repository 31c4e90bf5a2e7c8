"""Packing in the deflate format (RFC 1951) to the very bytes that Terraform gives, which another packer would not.

Matches are looked for in chains of places with the same four bytes, and put off while the next place has a longer one.
A block is stored, written with the fixed or with its own code words, whichever is shortest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from declarative_mail.language.functions.huffman import Code, make_codes

WINDOW = 32768
SHORTEST, LONGEST = 4, 258
GOOD, LAZY, NICE, CHAIN = 8, 16, 128, 128
"""Lengths from which less, none, and no further match is looked for, and how many places are tried."""
BLOCK_TOKENS = 1 << 14
STORED = 65535

END_OF_BLOCK = 256
CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
REPEATS = {16: 2, 17: 3, 18: 7}
"""Bits that follow the symbols for repeated lengths."""


def _bases(first: int, extra_bits: Sequence[int]) -> list[tuple[int, int]]:
    """The least value and the extra bits of each symbol of a range."""
    found = []
    for bits in extra_bits:
        found.append((first, bits))
        first += 1 << bits
    return found


LENGTHS = [*_bases(3, [0] * 8 + [bits for bits in range(1, 6) for _ in range(4)]), (LONGEST, 0)]
DISTANCES = _bases(1, [0] * 4 + [bits for bits in range(1, 14) for _ in range(2)])

Token: TypeAlias = tuple[int, int]
"""The length and the distance of a match; a byte as it is has the distance 0."""


def _fixed_codes() -> dict[int, Code]:
    words: dict[int, Code] = {}
    for symbol in range(288):
        if symbol < 144:
            word, bits = 48 + symbol, 8
        elif symbol < 256:
            word, bits = 400 + symbol - 144, 9
        elif symbol < 280:
            word, bits = symbol - 256, 7
        else:
            word, bits = 192 + symbol - 280, 8
        words[symbol] = (int(f"{word:0{bits}b}"[::-1], 2), bits)
    return words


FIXED = _fixed_codes()
FIXED_DISTANCES = {symbol: (int(f"{symbol:05b}"[::-1], 2), 5) for symbol in range(30)}
_LENGTH_STARTS = [least for least, _ in LENGTHS]
_DISTANCE_STARTS = [least for least, _ in DISTANCES]


def deflate(data: bytes) -> bytes:
    """The packed bytes, up to and without the empty stored block that flushes them."""
    writer = _Bits()
    start = 0
    for tokens, end in _blocks(data):
        _write_block(writer, tokens, data[start:end])
        start = end
    stored_header(writer, 0, last=False)
    return bytes(writer.done)


class _Bits(Struct):
    """Bytes that are filled from the lowest bit on."""

    done: bytearray = field(default_factory=bytearray)
    pending: int = 0
    count: int = 0

    def write(self, value: int, bits: int) -> None:
        self.pending |= value << self.count
        self.count += bits
        while self.count >= 8:
            self.done.append(self.pending & 255)
            self.pending >>= 8
            self.count -= 8

    def align(self) -> None:
        if self.count:
            self.write(0, 8 - self.count)


def stored_header(writer: _Bits, size: int, *, last: bool) -> None:
    """Begin a block of bytes that are not packed."""
    writer.write(int(last), 3)
    writer.align()
    writer.write(size, 16)
    writer.write(size ^ 0xFFFF, 16)


def _blocks(data: bytes) -> Iterator[tuple[list[Token], int]]:
    """The tokens of each block and where it ends."""
    finder = _Finder(data)
    tokens: list[Token] = []
    for token, end in finder.tokens():
        tokens.append(token)
        if len(tokens) == BLOCK_TOKENS:
            yield tokens, end
            tokens = []
    if tokens:
        yield tokens, len(data)


class _Finder:
    """Finds matches. A place is entered into the chain of its next four bytes when the search has passed it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._heads: dict[bytes, int] = {}
        self._before: list[int] = [-1] * len(data)
        self._head = -1

    def tokens(self) -> Iterator[tuple[Token, int]]:
        """Each token, and where the text that was looked at ends behind it."""
        data, size = self._data, len(self._data)
        position, length, distance = 0, SHORTEST - 1, 0
        pending = False
        while position < size:
            self._enter(position)
            before, offset = length, distance
            length, distance = SHORTEST - 1, 0
            ahead = size - position
            if self._head >= max(position - WINDOW, 0) and before < min(ahead, LAZY):
                length, distance = self._longest(position, ahead)
            if before >= SHORTEST and length <= before:
                end = position + before - 1
                for index in range(position + 1, end):
                    self._enter(index, keep_head=True)
                position = end
                pending = False
                length = SHORTEST - 1
                yield (before, offset), position
                continue
            if pending:
                yield (data[position - 1], 0), position
            position += 1
            pending = True
        if pending:
            yield (data[size - 1], 0), size

    def _enter(self, position: int, *, keep_head: bool = False) -> None:
        if position >= len(self._data) - SHORTEST + 1:
            return
        key = self._data[position : position + SHORTEST]
        head = self._heads.get(key, -1)
        self._before[position] = head
        self._heads[key] = position
        if not keep_head:
            self._head = head

    def _longest(self, position: int, ahead: int) -> tuple[int, int]:
        """The longest match that is worth its distance; `SHORTEST` - 1 and 0 where there is none."""
        data = self._data
        limit = min(LONGEST, ahead)
        least = position - WINDOW
        length, distance = SHORTEST - 1, 0
        candidate = self._head
        for _ in range(CHAIN):
            if data[position + length] == data[candidate + length]:
                found = self._same(candidate, position, limit)
                if found > length and (found > SHORTEST or position - candidate <= 4096):
                    length, distance = found, position - candidate
                    if found >= min(NICE, limit):
                        break
            if candidate == least:
                break
            candidate = self._before[candidate]
            if candidate < max(least, 0):
                break
        return length, distance

    def _same(self, one: int, other: int, limit: int) -> int:
        data = self._data
        count = 0
        while count < limit and data[one + count] == data[other + count]:
            count += 1
        return count


class _Plan(Struct, frozen=True):
    """The code words of one block and what it costs with them."""

    symbols: dict[int, Code]
    distances: dict[int, Code]
    bits: int


def _symbols(token: Token) -> tuple[int, int]:
    """The symbols of a match's length and distance."""
    length, distance = token
    return bisect_right(_LENGTH_STARTS, length) - 1, bisect_right(_DISTANCE_STARTS, distance) - 1


def _write_block(writer: _Bits, tokens: list[Token], text: bytes) -> None:
    frequencies, far, extra = _count(tokens)
    fixed = _Plan(FIXED, FIXED_DISTANCES, 3 + _cost(FIXED, frequencies) + _cost(FIXED_DISTANCES, far) + extra)
    symbols, distances = make_codes(frequencies, 15), make_codes(far, 15)
    header = _Header.of(symbols, distances)
    own = _Plan(symbols, distances, header.bits + _cost(symbols, frequencies) + _cost(distances, far) + extra)
    best = own if own.bits < fixed.bits else fixed
    if len(text) <= STORED and (len(text) + 5) * 8 < best.bits:
        stored_header(writer, len(text), last=False)
        for byte in text:
            writer.write(byte, 8)
        return
    if best is own:
        header.write(writer)
    else:
        writer.write(2, 3)
    _write_tokens(writer, tokens, best)


def _count(tokens: list[Token]) -> tuple[list[int], list[int], int]:
    """How often each symbol and each distance occurs, and the extra bits of all."""
    frequencies, far, extra = [0] * 286, [0] * 30, 0
    frequencies[END_OF_BLOCK] = 1
    for token in tokens:
        if not token[1]:
            frequencies[token[0]] += 1
            continue
        length, distance = _symbols(token)
        frequencies[END_OF_BLOCK + 1 + length] += 1
        far[distance] += 1
        extra += LENGTHS[length][1] + DISTANCES[distance][1]
    if not any(far):
        far[0] = 1
    return frequencies, far, extra


def _cost(codes: dict[int, Code], frequencies: Sequence[int]) -> int:
    return sum(codes[symbol][1] * count for symbol, count in enumerate(frequencies) if count)


def _write_tokens(writer: _Bits, tokens: list[Token], plan: _Plan) -> None:
    for token in tokens:
        if not token[1]:
            writer.write(*plan.symbols[token[0]])
            continue
        length, distance = _symbols(token)
        writer.write(*plan.symbols[END_OF_BLOCK + 1 + length])
        writer.write(token[0] - LENGTHS[length][0], LENGTHS[length][1])
        writer.write(*plan.distances[distance])
        writer.write(token[1] - DISTANCES[distance][0], DISTANCES[distance][1])
    writer.write(*plan.symbols[END_OF_BLOCK])


class _Header(Struct, frozen=True):
    """The lengths of a block's own code words, packed in their turn."""

    runs: list[Token]
    codes: dict[int, Code]
    listed: int
    counts: tuple[int, int]
    bits: int

    @classmethod
    def of(cls, symbols: dict[int, Code], distances: dict[int, Code]) -> _Header:
        counts = max(symbols) + 1, max(distances) + 1
        lengths = [symbols.get(symbol, (0, 0))[1] for symbol in range(counts[0])]
        lengths += [distances.get(symbol, (0, 0))[1] for symbol in range(counts[1])]
        runs = list(_runs(lengths))
        frequencies = [0] * 19
        for symbol, _ in runs:
            frequencies[symbol] += 1
        codes = make_codes(frequencies, 7)
        listed = max(index + 1 for index, symbol in enumerate(CODE_ORDER) if index < 4 or frequencies[symbol])
        extra = sum(frequencies[symbol] * bits for symbol, bits in REPEATS.items())
        return cls(runs, codes, listed, counts, 17 + 3 * listed + _cost(codes, frequencies) + extra)

    def write(self, writer: _Bits) -> None:
        writer.write(4, 3)
        writer.write(self.counts[0] - 257, 5)
        writer.write(self.counts[1] - 1, 5)
        writer.write(self.listed - 4, 4)
        for symbol in CODE_ORDER[: self.listed]:
            writer.write(self.codes.get(symbol, (0, 0))[1], 3)
        for symbol, repeats in self.runs:
            writer.write(*self.codes[symbol])
            writer.write(repeats, REPEATS.get(symbol, 0))


def _runs(lengths: list[int]) -> Iterator[Token]:
    """The lengths with repetitions as symbols: 16 the last, 17 and 18 zero, each with how often beyond the least."""
    index = 0
    while index < len(lengths):
        value, count = lengths[index], 1
        while index + count < len(lengths) and lengths[index + count] == value:
            count += 1
        index += count
        if value:
            yield value, 0
            count -= 1
        while count >= 11 and not value:
            yield 18, min(count, 138) - 11
            count -= min(count, 138)
        if count >= 3 and not value:
            yield 17, count - 3
            count = 0
        while count >= 3:
            yield 16, min(count, 6) - 3
            count -= min(count, 6)
        yield from [(value, 0)] * count
