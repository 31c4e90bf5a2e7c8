"""``validate`` looks into the ``backend`` and ``encryption`` blocks, without asking for anything."""

from __future__ import annotations

import pytest

from tests.support.project import Project

FRAME = "declarative_mail {{\n  {0}\n}}\n"


def _said(project: Project, block: str) -> list[tuple[str, int, str]]:
    project.write(FRAME.format(block))
    found = project.json("validate").of_type("diagnostic")
    return [(one["code"], one["range"]["start"]["line"], one["help"] or one["detail"]) for one in found]


def test_faults_of_a_backend_are_told_all_at_once(project: Project) -> None:
    """A name that is none and values of the wrong type, each at its place."""
    block = 'backend "http" {\n    adress    = "https://x"\n    retry_max = "many"\n  }'

    assert _said(project, block) == [
        ("DM7208", 3, 'did you mean "address"?'),
        ("DM7208", 4, 'retry_max of backend "http": a whole number from 0 is needed.'),
    ]


def test_backend_that_is_none(project: Project) -> None:
    """Its name is enough."""
    assert _said(project, 'backend "htpp" {}') == [("DM7208", 2, 'did you mean "http"?')]


def test_faults_of_the_encryption(project: Project) -> None:
    """A passphrase in clear, and a setting that is none."""
    found = _said(project, 'encryption {\n    passphrase = "in clear"\n    fallbck = env("OLD")\n  }')

    assert [(code, line) for code, line, _ in found] == [("DM7208", 3), ("DM7208", 4)]
    assert "must be a secret from outside the configuration" in found[0][2]
    assert found[1][2] == 'did you mean "fallback"?'


def test_faults_of_both_blocks(project: Project) -> None:
    """One does not hide the other."""
    found = _said(project, 'backend "s4" {}\n  encryption {\n    passphrase = "in clear"\n  }')

    assert [line for _, line, _ in found] == [2, 4]


@pytest.mark.parametrize(
    "block",
    [
        'backend "http" {}',
        'backend "http" {\n    address  = env("ADDRESS")\n    password = env("PASSWORD")\n  }',
        'backend "s3" {\n    bucket = env("BUCKET")\n  }',
        'encryption {\n    passphrase = env("NEW")\n    fallback   = [env("OLD"), env("OLDER")]\n  }',
    ],
)
def test_nothing_is_asked_and_nothing_is_missing(project: Project, block: str) -> None:
    """What comes from the environment is not there yet, and ``--backend-config`` may give the rest."""
    project.write(FRAME.format(block))

    assert project.json("validate").code == 0
