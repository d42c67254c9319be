"""An operator at a desk, as in the tests of incidents."""

from tests.incidents.conftest import desk

__all__ = ["desk"]
