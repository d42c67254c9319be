"""gunicorn for `tocsin web`: one worker (Socket.IO rooms live in it; scale by instances), threads on SQLite, gevent on PostgreSQL.

`tocsin web` sets the environment this file reads."""

import os

bind = os.environ.get("TOCSIN_BIND", "127.0.0.1:8000")
workers = 1
worker_class = os.environ.get("TOCSIN_WEB_WORKER", "gthread")
threads = 256 if worker_class == "gthread" else 1
worker_connections = 2000
timeout = 60
graceful_timeout = 10
keepalive = 30
limit_request_line = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"
