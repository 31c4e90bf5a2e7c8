"""What a module declares, and how its values come about."""

from tests.support.project import project

__all__ = ["project"]
