"""From the arguments of a backend block to a store."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.diagnostics import Label, Source, Span
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state.stores.base import extra_missing
from declarative_mail.state.stores.http_wire import HttpSettings
from declarative_mail.state.stores.local import LocalStore
from declarative_mail.state.stores.postgres_session import PostgresSettings
from declarative_mail.state.stores.s3_bucket import S3Settings
from declarative_mail.state.stores.settings import LocalSettings, Places, open_store, read_settings
from tests.state.builders import fails_with
from tests.state.stores import PlainClient
from tests.support.canary import secret_value

SECRET = Secret(secret_value(), "env:X")


class TestValues:
    @pytest.mark.parametrize(
        ("kind", "arguments", "expected"),
        [
            ("local", {}, LocalSettings("dmail.state.json")),
            ("local", {"path": "x.json", "key": None}, LocalSettings("x.json")),
            ("http", {"address": "https://h/x"}, HttpSettings("https://h/x")),
            (
                "http",
                {"address": "https://h", "password": SECRET, "retry_max": 5, "retry_wait_min": Decimal("0.5")},
                HttpSettings("https://h", password=SECRET, retry_max=5, retry_wait_min=0.5),
            ),
            (
                "http",
                {"address": "https://h", "retry_max": "5", "skip_cert_verification": "true", "password": "text"},
                HttpSettings("https://h", password=Secret("text"), retry_max=5, skip_cert_verification=True),
            ),
            ("http", {"address": "https://h", "lock_address": ""}, HttpSettings("https://h", lock_address="")),
            ("s3", {"bucket": "b", "use_path_style": True}, S3Settings("b", use_path_style=True)),
            ("postgres", {"conn_str": SECRET}, PostgresSettings(SECRET)),
            ("postgres", {"conn_str": "host=x"}, PostgresSettings("host=x")),
        ],
    )
    def test_arguments_become_settings(self, kind: str, arguments: dict[str, Any], expected: object) -> None:
        """Texts of `--backend-config` are read as Terraform reads them."""
        assert read_settings(kind, arguments) == expected

    @pytest.mark.parametrize(
        ("kind", "arguments"),
        [
            ("http", {"address": "https://h", "retry_max": "many"}),
            ("http", {"address": "https://h", "retry_max": 1.5}),
            ("http", {"address": "https://h", "retry_max": -1}),
            ("http", {"address": "https://h", "retry_max": True}),
            ("http", {"address": "https://h", "retry_wait_min": "NaN"}),
            ("http", {"address": "https://h", "skip_cert_verification": "yes"}),
            ("http", {"address": "https://h", "password": 5}),
            ("http", {"address": 5}),
            ("http", {"address": "h/x"}),
            ("http", {"address": "ftp://h/x"}),
            ("http", {"address": "https://"}),
            ("http", {"address": "https://h", "lock_address": "x"}),
            ("http", {"address": "http://example.com/x"}),
            ("http", {"address": "https://h", "unlock_address": "http://10.0.0.1/x"}),
            ("s3", {}),
            ("s3", {"bucket": SECRET}),
            ("s3", {"bucket": "b", "bukket": "c"}),
            ("local", {"key": "a/b"}),
            ("consul", {}),
        ],
    )
    def test_what_is_refused(self, kind: str, arguments: dict[str, Any]) -> None:
        """Each is one fault about one setting, which never shows a sensitive value."""
        with fails_with(codes.STORE_SETTING) as caught:
            read_settings(kind, arguments)

        assert secret_value() not in str(caught.value)

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
    def test_plain_http_on_this_machine(self, host: str) -> None:
        """Nobody listens there; elsewhere it takes a decision."""
        address = f"http://{host}:8080/x"

        assert read_settings("http", {"address": address}) == HttpSettings(address)
        allowed = read_settings("http", {"address": "http://h/x", "allow_plain_http": True})
        assert allowed == HttpSettings("http://h/x", allow_plain_http=True)

    def test_all_faults_at_once_at_their_places(self) -> None:
        """An unknown argument with the nearest name, a missing one, a wrong value."""
        text = 'backend "http" {\n  adress = "x"\n  retry_max = "many"\n}\n'
        source = Source("main.hcl", text)
        marks = {word: Label(Span(source, text.index(word), text.index(word) + len(word))) for word in text.split()}
        places = Places(marks["backend"], {"adress": marks["adress"], "retry_max": marks["retry_max"]})
        with fails_with(*[codes.STORE_SETTING] * 3) as caught:
            read_settings("http", {"adress": "x", "retry_max": "many"}, places=places)

        found = {
            one.primary.span.text: (one.help, one.detail) for one in caught.value.diagnostics if one.primary is not None
        }
        assert found.keys() == {"backend", "adress", "retry_max"}
        assert found["adress"][0] == 'did you mean "address"?'
        assert "--backend-config=address=" in found["backend"][1]

    def test_an_unknown_kind_is_corrected(self) -> None:
        """By the names that there are."""
        with fails_with(codes.STORE_SETTING) as caught:
            read_settings("postgresql", {})

        assert caught.value.diagnostics[0].help == 'did you mean "postgres"?'


class TestOpening:
    @pytest.mark.parametrize(
        ("arguments", "file"),
        [
            ({}, "dmail.state.json"),
            ({"key": "prod"}, "dmail.state.prod.json"),
            ({"path": "states/mail.json", "key": "eu.1"}, "states/mail.eu.1.json"),
            ({"path": "/abs/x.json"}, "/abs/x.json"),
        ],
    )
    def test_a_file_for_each_key(self, arguments: dict[str, str], file: str, tmp_path: Path) -> None:
        """Semantics 8: one backend, a key each."""
        store = open_store(read_settings("local", arguments), directory=tmp_path, http=lambda _: PlainClient())

        assert isinstance(store, LocalStore)
        assert store.path == tmp_path.resolve() / file
        assert store.name == file

    def test_the_client_is_made_with_the_settings(self, tmp_path: Path) -> None:
        """It needs what they say of certificates."""
        seen = []
        settings = read_settings("http", {"address": "https://h/x", "client_ca_certificate_pem": "PEM"})

        def make(given: HttpSettings) -> PlainClient:
            seen.append(given)
            return PlainClient()

        open_store(settings, directory=tmp_path, http=make)

        assert seen == [settings]

    @pytest.mark.parametrize(
        ("kind", "module", "arguments"), [("s3", "boto3", {"bucket": "b"}), ("postgres", "psycopg", {})]
    )
    def test_a_library_that_is_not_installed(
        self, kind: str, module: str, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """The fault gives the command that installs it."""
        for name in list(sys.modules):
            if name.partition(".")[0] == module:
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, module, None)

        with fails_with(codes.EXTRA_MISSING) as caught:
            open_store(read_settings(kind, arguments), directory=tmp_path, http=lambda _: PlainClient())
        assert f"pip install 'declarative-mail[{kind}]'" in str(caught.value)
        assert str(caught.value) == str(extra_missing(kind, module))


def test_what_is_heavy_is_imported_late() -> None:
    """Reading a state file needs none of the libraries of the other stores, and no cryptography."""
    script = (
        "import sys\n"
        "import declarative_mail.state.kept, declarative_mail.state.edit, declarative_mail.state.fingerprint\n"
        "import declarative_mail.state.stores.local, declarative_mail.state.stores.settings\n"
        "import declarative_mail.state.stores.s3, declarative_mail.state.stores.postgres\n"
        "import declarative_mail.state.stores.http, declarative_mail.state.encryption\n"
        "print(sorted({'boto3', 'botocore', 'psycopg', 'cryptography', 'httpx', 'ssl'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"
