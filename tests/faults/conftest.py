"""The same houses as the messages' tests."""

from tests.messages.conftest import build, house

__all__ = ["build", "house"]
