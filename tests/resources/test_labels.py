"""Names for what has none yet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarative_mail.language.lexical import identifier_end
from declarative_mail.resources.labels import distinct, folded, joined, label_for


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("oncall", "oncall"),
        ("deploy-prod", "deploy-prod"),
        ("On call", "on_call"),
        ("ProdFailed", "prod_failed"),
        ("HTTPServer2Go", "httpserver2_go"),
        ("Größe", "grosse"),
        ("Łódź søster æther", "lodz_soster_aether"),
        ("  ops@example.com!! ", "ops_example_com"),
        ("24x7", "_24x7"),
        ("for", "for_"),
        ("Null", "null_"),
        ("x" * 200, "x" * 64),
    ],
)
def test_label_is_what_a_person_would_call_it(text: str, label: str) -> None:
    """Lower case words; a name that is a label already stays as it is."""
    assert label_for([text], "other") == label


def test_first_text_with_letters_counts() -> None:
    """A name without any ASCII letter gives way to the identifier, and that to the type."""
    assert label_for(["日本", "", "jp"], "user_group") == "jp"
    assert label_for(["日本", ""], "user_group") == "user_group"
    assert joined("a", "", "b") == "a_b"


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_every_label_can_be_written(text: str) -> None:
    """It is a name of the language, in ASCII, and folding it again changes nothing more."""
    label = label_for([text], "other")

    assert identifier_end(label, 0) == len(label)
    assert label.isascii()
    assert folded(folded(text)) == folded(text)


NAMES = st.lists(st.sampled_from(["a", "b", "a_b"]), min_size=1, max_size=3)


@given(st.dictionaries(st.integers(0, 20), NAMES, max_size=8), st.sets(st.sampled_from(["a", "b"])))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_names_are_distinct_and_do_not_depend_on_the_order(candidates: dict[int, list[str]], taken: set[str]) -> None:
    """However many want the same name, each gets one of its own, the same whoever is asked first."""
    whole = {key: [*names, f"last_{key}"] for key, names in candidates.items()}

    found = distinct(whole, taken)

    assert len({*found.values()}) == len(found)
    assert taken.isdisjoint(found.values())
    assert found == distinct(dict(reversed(whole.items())), taken)
    assert all(name in whole[key] for key, name in found.items())


def test_nobody_keeps_a_name_that_another_wants_too() -> None:
    """Both go on, so that it does not matter which was there first; who has no other name at that step keeps it."""
    assert distinct({1: ["a", "a_x", "1"], 2: ["a", "a_y", "2"]}) == {1: "a_x", 2: "a_y"}
    assert distinct({1: ["a", "a", "1"], 2: ["a", "a_y", "2"]}) == {1: "a", 2: "a_y"}
