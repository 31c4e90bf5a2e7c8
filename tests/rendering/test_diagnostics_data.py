"""Diagnostics for programs: their JSON form, GitHub's annotations, SARIF."""

from __future__ import annotations

import json

from declarative_mail.addresses import parse_address
from declarative_mail.diagnostics import Code, Diagnostic, Label, Source, Span
from declarative_mail.rendering.diagnostics_data import github_annotations, sarif

SOURCE = Source("a dir/main.hcl", 'smtp_server "größe" {\n  port = 0\n}\n')
PORT = Code("DM3004", "Value out of range")
CLEAR = Code("DM3001", "Secret in clear text", "warning")

WRONG = Diagnostic(
    PORT,
    "The port is 0, which no server listens on.",
    primary=Label(Span(SOURCE, 31, 32), "between 1 and 65535"),
    related=(Label(Span(SOURCE, 0, 19), "in this server"),),
    address=parse_address("smtp_server.größe"),
    help="587 is the usual port",
    values={"var.port": "0"},
)
PLACELESS = Diagnostic(CLEAR, "Two lines:\n  50% done, really", cause="said\x1b[2J it")
BLOCK = Diagnostic(CLEAR, "", primary=Label(Span(SOURCE, 0, len(SOURCE.text) - 1)))


def test_json_form_follows_the_contract() -> None:
    """It has the fields that the contract names, and is JSON."""
    first, second = (json.loads(json.dumps(one.data)) for one in (WRONG, PLACELESS))

    assert first == {
        "type": "diagnostic",
        "severity": "error",
        "code": "DM3004",
        "summary": "Value out of range",
        "detail": "The port is 0, which no server listens on.",
        "address": "smtp_server.größe",
        "range": {
            "file": "a dir/main.hcl",
            "start": {"line": 2, "column": 10},
            "end": {"line": 2, "column": 11},
        },
        "help": "587 is the usual port",
        "related": [
            {
                "range": {
                    "file": "a dir/main.hcl",
                    "start": {"line": 1, "column": 1},
                    "end": {"line": 1, "column": 20},
                },
                "text": "in this server",
            }
        ],
        "values": {"var.port": "0"},
        "cause": None,
    }
    assert (second["severity"], second["address"], second["range"]) == ("warning", None, None)


def test_annotations_are_escaped() -> None:
    """Line ends, percent signs and, in properties, colons and commas are encoded; escapes are made visible."""
    assert github_annotations([WRONG, PLACELESS, BLOCK]).splitlines() == [
        (
            "::error file=a dir/main.hcl,line=2,endLine=2,col=10,endColumn=11,title=DM3004%3A Value out of range"
            "::between 1 and 65535%0AThe port is 0, which no server listens on.%0A587 is the usual port"
        ),
        "::warning title=DM3001%3A Secret in clear text::Two lines:%0A  50%25 done, really%0Asaid\\x1b[2J it",
        "::warning file=a dir/main.hcl,line=1,endLine=3,title=DM3001%3A Secret in clear text::",
    ]


def test_sarif_names_rules_results_and_places() -> None:
    """One run with each rule once, sorted, and a result for each diagnostic with its places."""
    document = sarif([WRONG, PLACELESS, BLOCK], version="0.1.0")
    (run,) = document["runs"]
    wrong, placeless, block = run["results"]

    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["DM3001", "DM3004"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert wrong == {
        "ruleId": "DM3004",
        "level": "error",
        "message": {"text": "between 1 and 65535\nThe port is 0, which no server listens on.\n587 is the usual port"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a%20dir/main.hcl"},
                    "region": {"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 11},
                },
                "logicalLocations": [{"fullyQualifiedName": "smtp_server.größe"}],
            }
        ],
        "relatedLocations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a%20dir/main.hcl"},
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 20},
                },
                "id": 1,
                "message": {"text": "in this server"},
            }
        ],
    }
    assert ("locations" in placeless, placeless["level"]) == (False, "warning")
    assert block["message"]["text"] == "Secret in clear text"
