"""The work: configurations of any size, the same objects for each program.

A block takes about 360 bytes, as a group of a real configuration does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TEAMS = ("payments", "search", "storefront", "warehouse", "identity", "billing")
SECRET_NAME = "BENCHMARK_PASSWORD"  # noqa: S105  # the name of a variable


@dataclass(frozen=True, slots=True)
class Workload:
    """One configuration for all programs.

    Args:
        name: how it is chosen and printed.
        size: objects.
        write: per program, what writes its files into a folder.
    """

    name: str
    size: int
    write: dict[str, Callable[[Path], None]]


def blocks(size: int) -> Workload:
    """So many literal blocks of groups."""
    return Workload(
        f"{size:,} blocks",
        size,
        {
            "dmail": lambda folder: _write(folder / "main.hcl", _groups(size, _group)),
            "terraform": lambda folder: _write(folder / "main.tf", _groups(size, _terraform_group)),
            "octodns": lambda folder: _write_zone(folder, size),
        },
    )


def for_each(size: int) -> Workload:
    """One block that makes so many objects, each with a reference to another object."""
    return Workload(
        f"{size:,} by for_each",
        size,
        {
            "dmail": lambda folder: _write(folder / "main.hcl", [_for_each(size)]),
            "terraform": lambda folder: _write(folder / "main.tf", [_terraform_for_each(size)]),
        },
    )


def three() -> Workload:
    """Three blocks, one with a secret: what is paid for starting up."""
    return Workload(
        "3 blocks",
        3,
        {
            "dmail": lambda folder: _write(folder / "main.hcl", [_THREE]),
            "terraform": lambda folder: _write(folder / "main.tf", [_TERRAFORM_THREE]),
            "octodns": lambda folder: _write_zone(folder, 3),
        },
    )


def _write(path: Path, parts: Iterator[str] | list[str]) -> None:
    path.write_text("\n".join(parts), encoding="utf-8")


def _groups(size: int, group: Callable[[int], str]) -> Iterator[str]:
    return (group(number) for number in range(size))


def _members(number: int) -> str:
    return ", ".join(f'"person{number}_{index}@example.com"' for index in range(3))


def _group(number: int) -> str:
    team = _TEAMS[number % len(_TEAMS)]
    return f"""\
user_group "group_{number}" {{
  name        = "{team} {number}"
  description = "Who is told when {team} breaks in region {number}"
  members     = [{_members(number)}]
  tags        = {{ team = "{team}", cost = "{number}" }}
  notification_preferences {{
    email {{
      addresses           = ["{team}-{number}@example.com"]
      send_to_all_members = true
    }}
  }}
}}
"""


def _terraform_group(number: int) -> str:
    team = _TEAMS[number % len(_TEAMS)]
    return f"""\
resource "terraform_data" "group_{number}" {{
  input = {{
    name        = "{team} {number}"
    description = "Who is told when {team} breaks in region {number}"
    members     = [{_members(number)}]
    tags        = {{ team = "{team}", cost = "{number}" }}
    notification_preferences = {{
      email = {{
        addresses           = ["{team}-{number}@example.com"]
        send_to_all_members = true
      }}
    }}
  }}
}}
"""


_ITEMS = '{{ for number in range({size}) : "item${{number}}" => {{ mail = "item${{number}}@example.com" }} }}'


def _for_each(size: int) -> str:
    return f"""\
locals {{
  items = {_ITEMS.format(size=size)}
}}

user_group "everybody" {{
  name    = "everybody"
  members = ["all@example.com"]
}}

notification_rule "failed" {{
  for_each = local.items
  name     = each.key
  pipeline = "deploy-${{each.key}}"
  event {{
    type = "PipelineFailed"
  }}
  email {{
    recipients  = [each.value.mail]
    user_groups = [user_group.everybody]
  }}
}}
"""


def _terraform_for_each(size: int) -> str:
    return f"""\
locals {{
  items = {_ITEMS.format(size=size)}
}}

resource "terraform_data" "everybody" {{
  input = {{ name = "everybody", members = ["all@example.com"] }}
}}

resource "terraform_data" "failed" {{
  for_each = local.items
  input = {{
    name     = each.key
    pipeline = "deploy-${{each.key}}"
    event    = [{{ type = "PipelineFailed" }}]
    email = {{
      recipients  = [each.value.mail]
      user_groups = [terraform_data.everybody.id]
    }}
  }}
}}
"""


_THREE = f"""\
smtp_server "primary" {{
  host         = "smtp.example.com"
  from_address = "deploys@example.com"
  username     = "deploys"
  password     = env("{SECRET_NAME}")
}}

user_group "oncall" {{
  members = ["ann@example.com", "bob@example.com"]
}}

notification_rule "failed" {{
  pipeline = "deploy-prod"
  event {{
    type = "PipelineFailed"
  }}
  email {{
    user_groups = [user_group.oncall]
  }}
}}
"""

_TERRAFORM_THREE = f"""\
variable "{SECRET_NAME}" {{
  type      = string
  sensitive = true
}}

resource "terraform_data" "primary" {{
  input = {{
    host         = "smtp.example.com"
    from_address = "deploys@example.com"
    username     = "deploys"
    password     = var.{SECRET_NAME}
  }}
}}

resource "terraform_data" "oncall" {{
  input = {{ members = ["ann@example.com", "bob@example.com"] }}
}}

resource "terraform_data" "failed" {{
  input = {{
    pipeline = "deploy-prod"
    event    = [{{ type = "PipelineFailed" }}]
    email    = {{ user_groups = [terraform_data.oncall.id] }}
  }}
}}
"""

_OCTODNS = """\
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: ./zones
  target:
    class: octodns.provider.yaml.YamlProvider
    directory: ./target
zones:
  example.com.:
    sources: [config]
    targets: [target]
"""


def _write_zone(folder: Path, size: int) -> None:
    """A zone with so many records: far less in each than in one of our objects."""
    for name in ("zones", "target"):
        (folder / name).mkdir()
    records = [f"r{number:06}:\n  type: A\n  values: [192.0.2.{number % 250 + 1}]" for number in range(size)]
    _write(folder / "zones" / "example.com.yaml", ["---", *records, ""])
    _write(folder / "target" / "example.com.yaml", ["---", "{}", ""])
    _write(folder / "config.yaml", [_OCTODNS])
