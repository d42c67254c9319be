"""Where the data that travels with the code lies: config, templates and static, in a clone and in a wheel alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_IN_WHEEL = _PACKAGE / "_data"
ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent

CONFIG = ROOT / "config"
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
MIGRATIONS = _PACKAGE / "core" / "migrations"
