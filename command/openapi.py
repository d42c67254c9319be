"""What the interface description says beyond what the routes' schemas tell: how to sign in, what is needed, how errors look."""

from typing import Any

from apiflask import APIFlask

from command.people.access import public

_TEXT = {"type": "string"}
_ITEM = {"type": "object", "properties": dict.fromkeys(("field", "code", "detail", "remedy"), _TEXT)}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A problem document (RFC 9457), in the language of the request.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "field": _TEXT,
        "remedy": _TEXT,
        "trace": _TEXT,
        "errors": {"type": "array", "items": _ITEM},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "tocsin"},
}
_ERRORS = {
    "400": "The request cannot be read",
    "401": "Nobody is signed in",
    "403": "Not allowed",
    "404": "Not found",
    "422": "A value cannot be used",
    "503": "Not available now",
}
_ERRORS_OF_WRITES = {
    "409": "Not possible in this state",
    "413": "The request is too large",
    "415": "Unsupported content type",
}


def install(app: APIFlask) -> None:
    """Complete the description of an application."""
    app.config.update(
        SECURITY_SCHEMES=SECURITY,
        VALIDATION_ERROR_SCHEMA=PROBLEM,
        HTTP_ERROR_SCHEMA=PROBLEM,
        AUTO_OPERATION_ID=True,
        AUTO_SERVERS=False,
    )
    public("it describes the interface and holds no data")(app.view_functions["openapi.spec"])

    @app.spec_processor  # type: ignore[arg-type]
    def complete(spec: dict[str, Any]) -> dict[str, Any]:
        for rule in app.url_map.iter_rules():
            view = app.view_functions[rule.endpoint]
            path = spec["paths"].get(_path(rule.rule), {})
            for method in path.keys() & {name.lower() for name in rule.methods or ()}:
                _secure(path[method], getattr(view, "permission", None), reads=method in ("get", "head"))
        return spec


def _path(rule: str) -> str:
    """Flask's `/x/<int:id>` as OpenAPI's `/x/{id}`."""
    parts = [f"{{{p.strip('<>').rpartition(':')[2]}}}" if p.startswith("<") else p for p in rule.split("/")]
    return "/".join(parts)


def _secure(operation: dict[str, Any], permission: str | None, *, reads: bool) -> None:
    responses = operation.setdefault("responses", {})
    if permission is None:
        operation["security"] = []
    else:
        operation["security"] = [{"token": []}, {"session": []}]
        operation["x-permission"] = permission
        for status, description in (_ERRORS if reads else _ERRORS | _ERRORS_OF_WRITES).items():
            responses.setdefault(status, {"description": description, "content": {"": {"schema": PROBLEM}}})
    for status, response in responses.items():
        if status.startswith(("4", "5")) and response.get("content"):
            (content,) = response["content"].values()
            response["content"] = {"application/problem+json": content}
