"""Where a person may be sent after a form: only to addresses of this site."""

from urllib.parse import urlencode

from flask import request


def inside(target: str) -> str:
    """`target` if it is an address of this site, else the first page: nobody is sent elsewhere after signing in.

    One slash at the beginning means this site; two, a backslash or an unprintable character between them, may mean another."""
    local = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if local else "/"


def here_path() -> str:
    """The address of this page with its filters, without the language it was asked in: that is what a switch changes."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
