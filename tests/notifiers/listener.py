"""A real HTTP server in a thread that takes webhooks, as the application would."""

import json
import queue
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Delivery:
    """One webhook as it arrived."""

    url: str
    query: dict[str, str]
    params: dict[str, str]
    signature: str


class Listener:
    """Answers each webhook with the next of `answers` (then 204) and keeps what came in order."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self._arrived: queue.Queue[Delivery] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def next(self) -> Delivery:
        """The next webhook; fails the test when none comes within ten seconds."""
        return self._arrived.get(timeout=10)

    def statuses(self, count: int) -> list[str]:
        """MessageStatus of the next `count` webhooks."""
        return [self.next().params["MessageStatus"] for _ in range(count)]

    @property
    def quiet(self) -> bool:
        """Nothing waits to be read."""
        return self._arrived.empty()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                url = listener.url + self.path
                query = dict(parse_qsl(urlsplit(url).query))
                params = dict(parse_qsl(body, keep_blank_values=True))
                listener._arrived.put(Delivery(url, query, params, self.headers["X-Twilio-Signature"]))
                self.send_response(listener.answers.pop(0) if listener.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return None

        return Handler


class ScriptedServer:
    """Answers every request with one fixed status, headers and body: what a provider's edge may say."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = headers or {}
        self.headers: list[dict[str, str]] = []
        """Those of each request, in order."""
        came = self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                came.append(dict(self.headers))
                self.send_response(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> "ScriptedServer":
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
