"""Fetches static/vendor before a wheel is built, so that no wheel leaves without its front end."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface):
    """Runs .ci/front_end for real wheels; an editable install serves the working tree and fetches with `make`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard" or self.target_name != "wheel":
            return
        done = subprocess.run(
            [sys.executable, str(Path(self.root) / ".ci" / "front_end")], capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or "the front end could not be fetched")
