"""The names by which IANA knows encodings of text, those that Terraform has, and the codecs that do the work."""

from __future__ import annotations

import codecs
from functools import cache

_ENCODINGS = """
US-ASCII ascii iso-ir-6 ansi_x3.4-1968 ansi_x3.4-1986 iso_646.irv:1991 iso646-us us ibm367 cp367 csascii
UTF-8 utf-8 csutf8
UTF-16 utf-16-be csutf16
UTF-16BE utf-16-be csutf16be
UTF-16LE utf-16-le csutf16le
IBM037 cp037 cp037 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-wt ebcdic-cp-nl csibm037
IBM437 cp437 cp437 437 cspc8codepage437
IBM850 cp850 cp850 850 cspc850multilingual
IBM852 cp852 cp852 852 cspcp852
IBM855 cp855 cp855 855 csibm855
IBM00858 cp858 ccsid00858 cp00858 pc-multilingual-850+euro csibm00858
IBM860 cp860 cp860 860 csibm860
IBM862 cp862 cp862 862 cspc862latinhebrew
IBM863 cp863 cp863 863 csibm863
IBM865 cp865 cp865 865 csibm865
IBM866 cp866 cp866 866 csibm866
IBM1047 cp037 ibm-1047 csibm1047
IBM01140 cp1140 ccsid01140 cp01140 ebcdic-us-37+euro csibm01140
ISO_8859-1:1987 iso8859-1 iso-ir-100 iso_8859-1 iso-8859-1 latin1 l1 ibm819 cp819 csisolatin1
ISO_8859-2:1987 iso8859-2 iso-ir-101 iso_8859-2 iso-8859-2 latin2 l2 csisolatin2
ISO_8859-3:1988 iso8859-3 iso-ir-109 iso_8859-3 iso-8859-3 latin3 l3 csisolatin3
ISO_8859-4:1988 iso8859-4 iso-ir-110 iso_8859-4 iso-8859-4 latin4 l4 csisolatin4
ISO_8859-5:1988 iso8859-5 iso-ir-144 iso_8859-5 iso-8859-5 cyrillic csisolatincyrillic
ISO_8859-6:1987 iso8859-6 iso-ir-127 iso_8859-6 iso-8859-6 ecma-114 asmo-708 arabic csisolatinarabic
ISO_8859-6-E iso8859-6 csiso88596e iso-8859-6-e
ISO_8859-6-I iso8859-6 csiso88596i iso-8859-6-i
ISO_8859-7:1987 iso8859-7 iso-ir-126 iso_8859-7 iso-8859-7 elot_928 ecma-118 greek greek8 csisolatingreek
ISO_8859-8:1988 iso8859-8 iso-ir-138 iso_8859-8 iso-8859-8 hebrew csisolatinhebrew
ISO_8859-8-E iso8859-8 csiso88598e iso-8859-8-e
ISO_8859-8-I iso8859-8 csiso88598i iso-8859-8-i
ISO_8859-9:1989 iso8859-9 iso-ir-148 iso_8859-9 iso-8859-9 latin5 l5 csisolatin5
ISO-8859-10 iso8859-10 iso-ir-157 l6 iso_8859-10:1992 csisolatin6 latin6
ISO-8859-13 iso8859-13 csiso885913
ISO-8859-14 iso8859-14 iso-ir-199 iso_8859-14:1998 iso_8859-14 latin8 iso-celtic l8 csiso885914
ISO-8859-15 iso8859-15 iso_8859-15 latin-9 csiso885915
ISO-8859-16 iso8859-16 iso-ir-226 iso_8859-16:2001 iso_8859-16 latin10 l10 csiso885916
KOI8-R koi8-r cskoi8r
KOI8-U koi8-u cskoi8u
macintosh mac-roman mac csmacintosh
windows-874 cp874 cswindows874
windows-1250 cp1250 cswindows1250
windows-1251 cp1251 cswindows1251
windows-1252 cp1252 cswindows1252
windows-1253 cp1253 cswindows1253
windows-1254 cp1254 cswindows1254
windows-1255 cp1255 cswindows1255
windows-1256 cp1256 cswindows1256
windows-1257 cp1257 cswindows1257
windows-1258 cp1258 cswindows1258
Extended_UNIX_Code_Packed_Format_for_Japanese euc-jp cseucpkdfmtjapanese euc-jp
ISO-2022-JP iso2022-jp csiso2022jp
Shift_JIS cp932 ms_kanji csshiftjis
EUC-KR cp949 cseuckr
GB18030 gb18030 csgb18030
GBK gbk cp936 ms936 windows-936 csgbk
HZ-GB-2312 hz
Big5 big5-hkscs csbig5
"""
"""One encoding a line: its name, Python's codec, and other names in small letters."""

_UNLIKE_CODEC = {
    "IBM1047": ("\xac\xdd]^[\xa8", "^[\xa8\xac\xdd]"),
    "KOI8-U": ("\u255d\u256c", "\u045e\u040e"),
}
"""Characters as the codec decodes them, and as they are decoded here."""
_NEVER_ENCODED = "\U0010ffff"
_CONTROLS = frozenset(map(chr, range(0x80, 0xA0)))
_HZ_END = b"~}"
"""Ends Chinese text. Terraform leaves it out where nothing follows."""
_REPLACEMENT = "\ufffd"


class TextCodec:
    """One encoding: `name` is IANA's."""

    def __init__(self, name: str, codec: str) -> None:
        self.name = name
        theirs, ours = _UNLIKE_CODEC.get(name, ("", ""))
        self._decoded = str.maketrans(theirs, ours)
        self._encoded = str.maketrans(theirs, _NEVER_ENCODED * len(theirs)) | str.maketrans(ours, theirs)
        self._codec = codecs.lookup(codec)
        # ISO 8859 leaves 80 to 9F to the control sets of other standards; only its first part is used with them.
        self._has_controls = not codec.startswith("iso8859-") or codec == "iso8859-1"

    def encode(self, text: str) -> bytes | None:
        """The bytes of a text, None where a character has none."""
        if not self._has_controls and not _CONTROLS.isdisjoint(text):
            return None
        try:
            encoded = self._codec.encode(text.translate(self._encoded))[0]
        except UnicodeEncodeError:
            return None
        if self.name == "HZ-GB-2312" and not text[-1:].isascii():
            return encoded.removesuffix(_HZ_END)
        return codecs.BOM_UTF16_BE + encoded if self.name == "UTF-16" else encoded

    def decode(self, encoded: bytes) -> str | None:
        """The text of some bytes, None where they stand for none."""
        try:
            text = self._decode(encoded).translate(self._decoded)
        except UnicodeDecodeError:
            return None
        if _REPLACEMENT in text or (not self._has_controls and not _CONTROLS.isdisjoint(text)):
            return None
        return text

    def _decode(self, encoded: bytes) -> str:
        if self.name == "UTF-16" and encoded.startswith(codecs.BOM_UTF16_LE):
            return encoded[2:].decode("utf-16-le")
        text = self._codec.decode(encoded)[0]
        return text.removeprefix("\ufeff") if self.name == "UTF-16" else text


@cache
def _index() -> dict[str, tuple[str, str]]:
    index = {}
    for line in _ENCODINGS.strip().split("\n"):
        name, codec, *aliases = line.split()
        index.update(dict.fromkeys([name.lower(), *aliases], (name, codec)))
    return index


def find_codec(name: str) -> TextCodec | None:
    """The encoding of that name in any case, None where it is not known."""
    found = _index().get(name.strip().lower())
    return TextCodec(*found) if found else None
