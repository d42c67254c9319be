"""Answers are compressed for whoever accepts it, and stay what they were."""

import gzip
from collections.abc import Iterator

import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient

from command.core import squeeze

LONG = "restored " * 1000
ACCEPTS = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    squeeze.install(app)
    app.add_url_rule("/page", "page", lambda: LONG)
    app.add_url_rule("/tiny", "tiny", lambda: "ok")
    app.add_url_rule("/json", "json", lambda: jsonify(words=LONG))
    app.add_url_rule("/image", "image", lambda: Response(LONG, mimetype="image/png"))
    app.add_url_rule("/stream", "stream", lambda: Response(iter(LONG.split()), mimetype="text/csv"))
    app.add_url_rule("/tagged", "tagged", _tagged)
    return app.test_client()


def _tagged() -> Response:
    answer = Response(LONG, mimetype="text/html")
    answer.set_etag("one")
    return answer


@pytest.mark.parametrize("address", ["/page", "/json"])
def test_pages_and_json_come_compressed_with_their_right_length(client: FlaskClient, address: str) -> None:
    plain, pressed = client.get(address), client.get(address, headers=ACCEPTS)
    assert "Content-Encoding" not in plain.headers and pressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(pressed.data) == plain.data
    assert int(pressed.headers["Content-Length"]) == len(pressed.data) < len(plain.data) / 10
    assert plain.headers["Vary"] == pressed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("address", ["/tiny", "/image", "/stream"])
def test_what_gains_nothing_or_is_streamed_comes_as_it_is(client: FlaskClient, address: str) -> None:
    assert "Content-Encoding" not in client.get(address, headers=ACCEPTS).headers


@pytest.mark.parametrize("accepts", ["", "br", "identity", "gzip;q=0"])
def test_a_client_that_reads_no_gzip_gets_none(client: FlaskClient, accepts: str) -> None:
    assert "Content-Encoding" not in client.get("/page", headers={"Accept-Encoding": accepts}).headers


def test_a_tag_of_the_plain_bytes_becomes_a_weak_one(client: FlaskClient) -> None:
    assert client.get("/tagged").headers["ETag"] == '"one"'
    assert client.get("/tagged", headers=ACCEPTS).headers["ETag"] == 'W/"one"'


def test_a_head_request_tells_the_length_of_the_compressed_answer(client: FlaskClient) -> None:
    asked = client.head("/page", headers=ACCEPTS)
    assert asked.data == b"" and 0 < int(asked.headers["Content-Length"]) < len(LONG)


def test_the_length_tells_nothing_about_a_secret_on_the_page() -> None:
    """The padding differs from answer to answer, so that one byte more or less of content cannot be measured."""
    lengths = set(_lengths())
    assert len(lengths) > 10 and gzip.decompress(squeeze.gzipped(b"")) == b""


def _lengths() -> Iterator[int]:
    return (len(squeeze.gzipped(LONG.encode())) for _ in range(200))
