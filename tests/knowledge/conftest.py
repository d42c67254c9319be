"""The operator at work, whose incidents teach something."""

from tests.incidents.conftest import desk

__all__ = ["desk"]
