from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from declarative_mail.addresses import parse_address
from declarative_mail.language.types import STRING
from declarative_mail.language.values import Unknown
from declarative_mail.resources.canonical import canonical_set
from declarative_mail.resources.leaves import Reference

ELEMENTS = st.one_of(
    st.text(max_size=4), st.builds(Reference, identifier=st.text(min_size=1, max_size=3)), st.just(Unknown(STRING, "a"))
)


@settings(deadline=None)
@given(st.lists(st.text(max_size=4)), st.randoms())
def test_order_and_duplicates_do_not_matter(items: list[str], random: object) -> None:
    """Two lists with the same elements are the same set."""
    shuffled = [*items, *items]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random

    assert canonical_set(items) == canonical_set(shuffled)


@settings(deadline=None)
@given(st.lists(ELEMENTS))
def test_canonical_is_a_fixed_point(items: list[object]) -> None:
    """A canonical set is its own canonical form."""
    once = canonical_set(items)

    assert once == canonical_set(once)


def test_folded_set_keeps_one_spelling() -> None:
    """E-mail addresses that differ by case alone are one address."""
    assert canonical_set(["bob@x.example", "ann@x.example", "Ann@x.example"], fold=True) == [
        "Ann@x.example",
        "bob@x.example",
    ]


def test_unknown_elements_are_kept_and_stand_last() -> None:
    """Two values known only after apply may become two elements, so neither is dropped."""
    one, other = Unknown(STRING, "a.id"), Unknown(STRING, "b.id")
    found = canonical_set([other, "z", one, "a"])

    assert [item.path if isinstance(item, Unknown) else item for item in found] == ["a", "z", "a.id", "b.id"]


def test_references_are_ordered_by_their_text() -> None:
    """Managed and unmanaged references stand in one order, each once."""
    ops, account = Reference(parse_address("user_group.ops")), Reference(identifier="account.ops")

    assert [account, ops] == canonical_set([ops, account, Reference(parse_address("user_group.ops"))])
