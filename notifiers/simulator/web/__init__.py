"""The simulator's page: little phones, in Chinese and English, from files beside this module."""

from html import escape
from pathlib import Path
from string import Template

import orjson
from aiohttp import web

from notifiers.simulator.web.words import WORDS

_HERE = Path(__file__).parent
_TYPES = {"phones.css": "text/css", "phones.js": "text/javascript", "calls.js": "text/javascript"}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"


class Pages:
    """Serves the page and its files; nothing comes from another host."""

    def __init__(self) -> None:
        self._page = Template((_HERE / "phones.html").read_text("utf-8"))
        self._assets = {name: (_HERE / name).read_bytes() for name in _TYPES}

    async def index(self, request: web.Request) -> web.Response:
        """GET /?lang=zh|en&phone=: the phones used last, or one phone."""
        lang = language(request.query.get("lang"), request.headers.get("Accept-Language", ""))
        words = {name: escape(text) for name, text in WORDS[lang].items()}
        script_words = orjson.dumps(WORDS[lang]).decode("utf-8").replace("<", "\\u003c")
        other = "en" if lang == "zh" else "zh"
        text = self._page.substitute(
            words, lang="zh-Hans-CN" if lang == "zh" else "en", other=other, words=script_words
        )
        return web.Response(
            text=text, content_type="text/html", headers={"Content-Security-Policy": _POLICY, "Vary": "Accept-Language"}
        )

    async def asset(self, request: web.Request) -> web.Response:
        """GET /assets/{name}: the style sheet and the scripts."""
        name = request.match_info["name"]
        if name not in self._assets:
            raise web.HTTPNotFound
        return web.Response(body=self._assets[name], content_type=_TYPES[name], charset="utf-8")


def language(asked: str | None, accepted: str) -> str:
    """zh or en: what the address asks for, else the first of the two the browser accepts, else Chinese."""
    if asked in WORDS:
        return asked
    for part in accepted.lower().split(","):
        code = part.strip()[:2]
        if code in WORDS:
            return code
    return "zh"
