"""Processes that live long do not look through what stays again and again: it would stop every board of a web process for 0.4 s."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BOTH = """
import gc, threading, types
from command.engine.run import run
stopping = threading.Event()
stopping.set()
run(types.SimpleNamespace(stopping=stopping, start=lambda: None, stop=lambda: None))
engine = gc.get_freeze_count(), gc.get_threshold()
gc.unfreeze()
import command.wsgi
print(*engine, gc.get_freeze_count(), gc.get_threshold(), sep="; ")
"""


def test_what_an_engine_and_a_web_process_have_loaded_is_looked_through_no_more(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    environment = {**os.environ, "TOCSIN_DATA": str(tmp_path), "TOCSIN_ENV": "test"}
    command = [sys.executable, "-c", BOTH]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    in_engine, engine_looks, in_web, web_looks = done.stdout.strip().split("; ")
    assert int(in_engine) > 50_000 and int(in_web) > 100_000
    assert engine_looks == web_looks == "(10000, 10, 10)"
