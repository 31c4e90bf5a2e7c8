"""All functions by name. A function is made when it is first asked for, with no more than its own module imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from declarative_mail.language.functions.model import Function

_MODULES: Final = {
    "numeric": "abs ceil floor log max min parseint pow signum",
    "strings": "chomp endswith indent join lower split startswith strcontains strrev substr title trim trimprefix"
    " trimspace trimsuffix upper",
    "formatting": "format formatlist",
    "regular": "regex regexall replace",
    "rendering": "templatefile templatestring",
    "collection": "alltrue anytrue coalesce coalescelist compact contains distinct index length one",
    "lists": "list map matchkeys range sort sum",
    "sequences": "chunklist concat element flatten reverse slice",
    "maps": "keys lookup merge transpose values zipmap",
    "set_operations": "setintersection setproduct setsubtract setunion",
    "encoding": "base64decode base64encode base64gzip jsondecode jsonencode textdecodebase64 textencodebase64"
    " urlencode",
    "tables": "csvdecode",
    "yaml": "yamldecode yamlencode",
    "filesystem": "abspath basename dirname file filebase64 fileexists fileset pathexpand",
    "dates": "formatdate plantimestamp timeadd timecmp timestamp",
    "hashes": "base64sha256 base64sha512 filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 md5"
    " sha1 sha256 sha512",
    "crypto": "bcrypt rsadecrypt uuid uuidv5",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "conversion": "can ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring"
    " try",
    "secret_sources": "env secret_command secret_file",
}
_CONSOLE: Final = {"inspection": "type"}


class _Table(Mapping[str, Function]):
    """The functions by name, also by ``core::name``, which says that Terraform's own is meant."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._homes = {name: module for module, names in modules.items() for name in names.split()}
        self._loaded: dict[str, Function] = {}

    def __getitem__(self, name: str) -> Function:
        function = self._loaded.get(name)
        if function is None:
            plain = name.removeprefix("core::")
            module = import_module(f"declarative_mail.language.functions.{self._homes[plain]}")
            for one in module.FUNCTIONS:
                self._loaded[one.name] = self._loaded[f"core::{one.name}"] = one
            function = self._loaded[name]
        return function

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._homes))

    def __len__(self) -> int:
        return len(self._homes)


FUNCTIONS: Final[Mapping[str, Function]] = _Table(_MODULES)
"""What a configuration can call. Iterating gives each name once, in lexical order."""
CONSOLE_FUNCTIONS: Final[Mapping[str, Function]] = _Table(_MODULES | _CONSOLE)
"""The same and `type`, whose result only a person can use."""
