from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest

from declarative_mail.resources import presets
from declarative_mail.resources.presets import Endpoint, PresetError, expand, find_preset, preset, preset_names

AUTH = {"none", "plain", "login", "cram_md5", "xoauth2"}


def test_all_presets_are_there() -> None:
    """The 33 services by their names."""
    expected = """
        aol azure-acs brevo elasticemail fastmail gandi gmail gmx google-workspace google-workspace-relay icloud
        infomaniak loops mailersend mailgun mailhog-local mailjet mailru mailtrap mandrill office365 outlook postmark
        proton resend sendgrid ses smtp2go sparkpost yahoo yandex zoho zoho-pro
    """

    assert tuple(expected.split()) == preset_names()


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_complete(name: str) -> None:
    """Each has host, endpoints, hints for the login, mechanisms of ours, and says where it is from."""
    found = preset(name)

    assert name == found.name
    assert found.host == found.host.lower()
    assert all(0 < one.port < 65536 and one.encryption in {"tls", "starttls", "none"} for one in found.endpoints)
    assert len(set(found.endpoints)) == len(found.endpoints)
    assert found.username_hint
    assert found.password_hint
    assert set(found.auth) <= AUTH
    assert found.auth
    assert found.sources
    assert found.confidence in {"documented", "listed", "partial"}
    assert all(note.text.endswith(".") for note in found.notes)


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_expands_to_its_first_endpoint(name: str) -> None:
    """Alone it gives the recommended port and encryption, and says so where a region was assumed."""
    found = expand(name)

    assert (found.host, found.port, found.encryption) == (
        preset(name).host,
        preset(name).endpoints[0].port,
        preset(name).endpoints[0].encryption,
    )
    assert found.offered
    assert found.region_assumed == bool(preset(name).regions)


@pytest.mark.parametrize(
    ("name", "host", "port", "encryption"),
    [
        ("gmail", "smtp.gmail.com", 587, "starttls"),
        ("office365", "smtp.office365.com", 587, "starttls"),
        ("outlook", "smtp-mail.outlook.com", 587, "starttls"),
        ("sendgrid", "smtp.sendgrid.net", 587, "starttls"),
        ("resend", "smtp.resend.com", 465, "tls"),
        ("fastmail", "smtp.fastmail.com", 465, "tls"),
        ("smtp2go", "mail.smtp2go.com", 2525, "starttls"),
        ("mailhog-local", "localhost", 1025, "none"),
    ],
)
def test_well_known_endpoints(name: str, host: str, port: int, encryption: str) -> None:
    """Some that everybody knows."""
    found = expand(name)

    assert (host, port, encryption) == (found.host, found.port, found.encryption)


@pytest.mark.parametrize(
    ("name", "region", "host"),
    [
        ("ses", "eu-west-1", "email-smtp.eu-west-1.amazonaws.com"),
        ("ses", "EU-West-1 ", "email-smtp.eu-west-1.amazonaws.com"),
        ("ses", "me-central-1", "email-smtp.me-central-1.amazonaws.com"),
        ("mailgun", "eu", "smtp.eu.mailgun.org"),
        ("mailgun", "us", "smtp.mailgun.org"),
        ("sparkpost", "eu", "smtp.eu.sparkpostmail.com"),
        ("zoho", "com.au", "smtp.zoho.com.au"),
        ("zoho-pro", "in", "smtppro.zoho.in"),
    ],
)
def test_a_region_chooses_the_host(name: str, region: str, host: str) -> None:
    """Regions have hosts of their own; AWS opens new ones of the same form, which are taken, too."""
    found = expand(name, region=region)

    assert host == found.host
    assert region.strip().lower() == found.region
    assert not found.region_assumed


@pytest.mark.parametrize(
    ("name", "region", "hint"),
    [
        ("mailgun", "euu", 'did you mean "eu"?'),
        ("ses", "us-gov-eas", 'did you mean "us-gov-east-1"?'),
        ("gmail", "eu", None),
    ],
)
def test_a_wrong_region_is_refused(name: str, region: str, hint: str | None) -> None:
    """A region that the service has not, or a region where there is one host for all."""
    with pytest.raises(PresetError) as caught:
        expand(name, region=region)

    assert caught.value.attribute == "region"
    assert hint == caught.value.hint


def test_an_unknown_preset_is_refused_with_the_nearest_name() -> None:
    """The error names the attribute, all presets and the nearest one."""
    with pytest.raises(PresetError, match="There is no preset") as caught:
        expand("sendgird")

    assert (caught.value.attribute, caught.value.hint) == ("preset", 'did you mean "sendgrid"?')
    assert "zoho-pro" in caught.value.detail
    assert find_preset("sendgird") is None


@pytest.mark.parametrize(
    ("name", "port", "encryption", "expected"),
    [
        ("sendgrid", 465, None, (465, "tls", True)),
        ("sendgrid", 2525, None, (2525, "starttls", True)),
        ("sendgrid", None, "tls", (465, "tls", True)),
        ("resend", None, "starttls", (587, "starttls", True)),
        ("resend", None, "starttls_if_offered", (587, "starttls_if_offered", True)),
        ("mailjet", None, "none", (25, "none", True)),
        ("office365", 465, None, (465, "tls", False)),
        ("office365", 2587, None, (2587, "starttls", False)),
        ("office365", 465, "tls", (465, "tls", False)),
        ("sendgrid", 587, "tls", (587, "tls", False)),
        ("sendgrid", 587, "none", (587, "none", False)),
    ],
)
def test_the_configuration_goes_before_the_preset(
    name: str, port: int | None, encryption: str | None, expected: tuple[int, str, bool]
) -> None:
    """A port alone brings its encryption, an encryption alone its port; both stand as they are, offered or not."""
    found = expand(name, port=port, encryption=encryption)

    assert expected == (found.port, found.encryption, found.offered)


def test_an_encryption_that_the_service_lacks_needs_a_port() -> None:
    """Without a port there is none to choose; the error lists what the service offers."""
    with pytest.raises(PresetError, match="starttls on 587") as caught:
        expand("office365", encryption="tls")

    assert caught.value.attribute == "encryption"


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("sendgrid", "apikey"),
        ("sparkpost", "SMTP_Injection"),
        ("resend", "resend"),
        ("loops", "loops"),
        ("gmail", None),
    ],
)
def test_fixed_user_names(name: str, username: str | None) -> None:
    """Some services have one user name for everybody."""
    assert username == preset(name).username


def test_the_days_on_which_passwords_end() -> None:
    """Exchange Online at the end of 2026, Outlook.com in 2024; each says what to use instead."""
    days = {name: [one.on for one in preset(name).deadlines] for name in preset_names() if preset(name).deadlines}

    assert {"office365": [date(2026, 12, 31)], "outlook": [date(2024, 9, 16)]} == days
    assert all("xoauth2" in one.remedy and one.source for name in days for one in preset(name).deadlines)


def test_known_limits() -> None:
    """Some limits that decide about an audience."""
    assert preset("gmail").limits.messages_per_day == 500
    assert (
        preset("office365").limits.recipients_per_day,
        preset("office365").limits.messages_per_minute,
        preset("office365").limits.recipients_per_message,
    ) == (10_000, 30, 500)
    assert preset("ses").limits.trial_messages_per_day == 200
    assert preset("gandi").limits.messages_per_day is None


def test_endpoints_are_values() -> None:
    """Endpoints compare by value, so that a pair can be looked up."""
    assert Endpoint(465, "tls") in preset("gmail").endpoints


def test_the_table_is_read_at_the_first_question() -> None:
    """Importing the module reads no file and imports nothing heavy."""
    code = (
        "import sys\nfrom declarative_mail.resources import presets\n"
        "assert presets._rows.cache_info().currsize == 0\n"
        "assert not {'importlib.resources', 'pydantic', 'lark', 'httpx'} & set(sys.modules) - before\n"
    )
    subprocess.run([sys.executable, "-c", "import sys; before = set(sys.modules)\n" + code], check=True)


def test_the_file_has_no_fields_that_nobody_reads() -> None:
    """Every field of a row is a field of the record."""
    rows = json.loads(presets._TABLE.read_text("utf-8"))["presets"]

    assert {frozenset(presets.Preset.__struct_fields__)} == {frozenset(row) for row in rows}
