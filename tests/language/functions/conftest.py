"""Property tests here make the same examples in every run, and take the time that a busy machine takes."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")
