"""Every test of a command works in a directory of its own."""

from tests.support.project import project

__all__ = ["project"]
