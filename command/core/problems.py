"""Errors a person or program can act on: status, code, what is wrong, at which field, and the remedy (RFC 9457 at the edge).

Texts are English message ids, translated when rendered; figures go in `values` and fill `%(name)s` places."""

from typing import Any


def N_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class Problem(Exception):
    """Something the caller can mend. `code` is the problem's own, for programs; where the texts have a place %(code)s it is instead the
    figure that fills it (an area's or a task's code), and the problem keeps its class's."""

    status = 400
    code = "bad-request"

    def __init__(self, detail: str, *, field: str = "", remedy: str = "", code: str = "", **values: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.remedy = remedy
        told = "%(code)s" in detail or "%(code)s" in remedy
        self.values = {**values, "code": code} if told else values
        self.code = type(self).code if told else code or type(self).code

    def __str__(self) -> str:
        parts = [self.detail % self.values if self.values else self.detail]
        if self.remedy:
            parts.append(self.remedy % self.values if self.values else self.remedy)
        return (f"{self.field}: " if self.field else "") + " ".join(parts)


class Invalid(Problem):
    """A field has a value that cannot be used (422)."""

    status = 422
    code = "invalid"


class Unauthenticated(Problem):
    """Nobody is signed in, or the token is not valid (401)."""

    status = 401
    code = "unauthenticated"


class Denied(Problem):
    """This person may not do this; the remedy names who may (403)."""

    status = 403
    code = "denied"


class NotFound(Problem):
    """There is no such thing, or the asker may not know of it (404)."""

    status = 404
    code = "not-found"


class Conflict(Problem):
    """The thing is in a state that does not allow this (409)."""

    status = 409
    code = "conflict"


class TooMany(Problem):
    """Asked too often (429); `retry_after` seconds are in `values`."""

    status = 429
    code = "too-many"
