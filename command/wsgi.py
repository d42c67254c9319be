"""The WSGI application of a web process, settings from the environment."""

import os
import sys

from command.app import create_app
from command.boards.socket import attach
from command.core import garbage, log, schema
from command.core.settings import read
from command.parts import open_installation

# Whoever holds SQLite's write lock must not wait long for the interpreter behind other requests (seconds; 5 ms by default).
sys.setswitchinterval(0.0005)

settings = read()
log.configure(settings.log_format)
schema.require_current(settings.url)
application = create_app(open_installation(settings))
attach(application, "gevent" if os.environ.get("TOCSIN_WEB_WORKER") == "gevent" else "threading")
garbage.settle()
