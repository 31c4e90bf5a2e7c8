"""Prefix codes of limited length: the code words of the deflate format (RFC 1951 section 3.2.2).

Of several best codes the one is made that Terraform's packer makes, so that packed texts are the same byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

Code: TypeAlias = tuple[int, int]
"""A code word with its bits in the order of sending from the lowest on, and how many bits it has."""

_NEVER = 2**31 - 1


class _Level(Struct):
    """One row of the lists of packages: what was taken last and what can be taken next."""

    last: int
    next_leaf: int
    next_pair: int
    needed: int = 0


def make_codes(frequencies: Sequence[int], longest: int) -> dict[int, Code]:
    """Code words for the symbols that occur.

    Args:
        frequencies: how often each symbol occurs.
        longest: bits of the longest word.
    """
    used = [(frequency, symbol) for symbol, frequency in enumerate(frequencies) if frequency]
    if len(used) <= 2:
        return {symbol: (index, 1) for index, (_, symbol) in enumerate(used)}
    used.sort()
    return _assign([symbol for _, symbol in used], _lengths([frequency for frequency, _ in used], longest))


def _assign(symbols: list[int], counts: Mapping[int, int]) -> dict[int, Code]:
    """Give the most frequent symbols the shortest words; among those of one length words go up with the symbols."""
    codes: dict[int, Code] = {}
    word = 0
    rest = symbols
    for length in range(1, max(counts) + 1):
        word <<= 1
        count = counts.get(length, 0)
        if not count:
            continue
        for symbol in sorted(rest[len(rest) - count :]):
            codes[symbol] = (_reversed(word, length), length)
            word += 1
        rest = rest[: len(rest) - count]
    return codes


def _reversed(word: int, length: int) -> int:
    return int(f"{word:0{length}b}"[::-1], 2)


def _lengths(frequencies: list[int], longest: int) -> dict[int, int]:
    """How many words have each length: the package-merge algorithm, working only on packages that are asked for."""
    count = len(frequencies)
    leaves = [*frequencies, _NEVER]
    top = min(longest, count - 1)
    levels = [_Level(leaves[1], leaves[2], leaves[0] + leaves[1]) for _ in range(top + 2)]
    levels[0].needed = 0
    levels[1].next_pair = _NEVER
    taken = [[0] * (top + 1) for _ in range(top + 1)]
    for index in range(1, top + 1):
        taken[index][index] = 2
    levels[top].needed = 2 * count - 4
    _merge(levels, taken, leaves, top)
    return {top - index + 1: taken[top][index] - taken[top][index - 1] for index in range(top, 0, -1)}


def _merge(levels: list[_Level], taken: list[list[int]], leaves: list[int], top: int) -> None:
    """Fill the top row. `taken[i][j]` is how many leaves of row j stand left of what row i took last."""
    index = top
    while True:
        level = levels[index]
        if level.next_pair == _NEVER and level.next_leaf == _NEVER:
            level.needed = 0
            levels[index + 1].next_pair = _NEVER
            index += 1
            continue
        before = level.last
        if level.next_leaf < level.next_pair:
            taken[index][index] += 1
            level.last, level.next_leaf = level.next_leaf, leaves[taken[index][index]]
        else:
            level.last = level.next_pair
            taken[index][:index] = taken[index - 1][:index]
            levels[index - 1].needed = 2
        level.needed -= 1
        if level.needed == 0:
            if index == top:
                return
            levels[index + 1].next_pair = before + level.last
            index += 1
        else:
            while levels[index - 1].needed > 0:
                index -= 1
