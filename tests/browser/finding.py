"""Where Chromium is on this machine."""

import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
"""The headless shell draws the same pages with a third of the work: it has no window around them."""


def chromium_path() -> str | None:
    """The program's path, the headless shell before others; None where there is none (`.ci/chromium` installs it)."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
