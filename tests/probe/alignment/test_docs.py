from __future__ import annotations

import re
from pathlib import Path

from declarative_mail.probe import alignment

PAGE = Path(__file__).parents[3] / "docs" / "alignment.md"
# Codes that are put together from a part: SPF's results, and DNS that does not answer.
COMPOSED = {"spf_pass", "spf_fail", "spf_softfail", "spf_neutral", "spf_none"} | {
    f"{check}_dns_unavailable" for check in ("spf", "dkim", "dmarc", "mx")
}


def test_the_page_lists_every_code() -> None:
    """Each code that the checks give is in the tables, and the tables have no other."""
    sources = "\n".join(path.read_text("utf-8") for path in Path(alignment.__file__).parent.glob("*.py"))
    given = set(re.findall(r'"((?:spf|dkim|dmarc|mx)_[a-z_]+)"', sources)) | COMPOSED
    listed = set(re.findall(r"`((?:spf|dkim|dmarc|mx)_[a-z_]+)`", PAGE.read_text("utf-8"))) - {"dkim_selectors"}

    assert given == listed
