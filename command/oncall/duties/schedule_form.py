"""The form of a duty: its fields are named as the faults name them (`layers.0.members.1`). Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

MOST_LAYERS, MOST_MEMBERS, MOST_WINDOWS = 10, 100, 20
ROOM = 2
"""Empty places for people that a layer has besides those taken."""
DAYS = range(7)
BLANK: dict[str, str] = {}
OWN = ("name_zh", "name_en", "zone", "starts_on", "handover", "period_days")
"""What a layer has one of."""
_HEAD = ("code", "name_zh", "name_en", "department", "version")
_WRITTEN = re.compile(r"\(([^()]+)\)\s*$")


def of(found: Any, members: Sequence[Sequence[str]]) -> dict[str, str]:
    """The fields of a duty that is kept (ScheduleOut), its members as they are written."""
    fields = {name: getattr(found, name) for name in _HEAD}
    for n, layer in enumerate(found.layers):
        fields |= {f"layers.{n}.{name}": str(getattr(layer, name)) for name in OWN}
        fields |= {f"layers.{n}.members.{at}": name for at, name in enumerate(members[n])}
        for at, window in enumerate(layer.windows):
            place = f"layers.{n}.windows.{at}"
            fields[f"{place}.days"] = ",".join(map(str, window.days))
            fields |= {f"{place}.start": f"{window.start:%H:%M}", f"{place}.end": f"{window.end:%H:%M}"}
    return fields


def tidy(form: MultiDict[str, str]) -> dict[str, str]:
    """What was typed; layers, people and parts of the week that were left empty taken out, so that faults name the places shown again."""
    fields = {name: form[name].strip() for name in _HEAD if name in form}
    layers = [each for n in range(MOST_LAYERS) if (each := _layer(form, f"layers.{n}"))]
    return fields | _placed(layers)


def _layer(form: MultiDict[str, str], place: str) -> dict[str, str]:
    """What was typed into one layer, by the names within it; nothing where nobody is named."""
    taken = [form.get(f"{place}.members.{at}", "").strip() for at in range(MOST_MEMBERS + ROOM)]
    members = [name for name in taken if name]
    if not members:
        return {}
    found = {name: form.get(f"{place}.{name}", "").strip() for name in OWN}
    found |= {f"members.{at}": name for at, name in enumerate(members)}
    kept = 0
    for at in range(MOST_WINDOWS):
        window = f"{place}.windows.{at}"
        days = sorted({day for day in form.getlist(f"{window}.days") if day in map(str, DAYS)})
        start, end = form.get(f"{window}.start", "").strip(), form.get(f"{window}.end", "").strip()
        if not (days or start or end):
            continue
        found |= {f"windows.{kept}.days": ",".join(days), f"windows.{kept}.start": start, f"windows.{kept}.end": end}
        kept += 1
    return found


def moved(fields: Mapping[str, str], n: int, by: int) -> dict[str, str]:
    """The same with layer `n` and the one `by` places further on changed over; as it is where there is no such layer."""
    layers = [_within(fields, f"layers.{each}.") for each in range(layers_in(fields))]
    if 0 <= n < len(layers) and 0 <= n + by < len(layers):
        layers[n], layers[n + by] = layers[n + by], layers[n]
    return {name: fields[name] for name in _HEAD if name in fields} | _placed(layers)


def _placed(layers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {f"layers.{n}.{name}": value for n, layer in enumerate(layers) for name, value in layer.items()}


def _within(fields: Mapping[str, str], place: str) -> dict[str, str]:
    return {name.removeprefix(place): value for name, value in fields.items() if name.startswith(place)}


def layers_in(fields: Mapping[str, str]) -> int:
    """How many layers tidy fields hold."""
    return _count(fields, "layers.{}.members.0", MOST_LAYERS)


def members_in(fields: Mapping[str, str], n: int) -> int:
    """How many people a layer of tidy fields names."""
    return _count(fields, f"layers.{n}.members.{{}}", MOST_MEMBERS)


def windows_in(fields: Mapping[str, str], n: int) -> int:
    """How many parts of the week a layer of tidy fields has."""
    return _count(fields, f"layers.{n}.windows.{{}}.days", MOST_WINDOWS)


def _count(fields: Mapping[str, str], place: str, most: int) -> int:
    return next((n for n in range(most) if place.format(n) not in fields), most)


def schedule(fields: Mapping[str, str]) -> dict[str, Any]:
    """The input (ScheduleIn, NewScheduleIn) that tidy fields make."""
    head = {name: fields.get(name, "") for name in ("name_zh", "name_en", "department")}
    return {**head, "version": fields.get("version") or None, **layers(fields)}


def layers(fields: Mapping[str, str]) -> dict[str, Any]:
    """The layers (LayersIn) that tidy fields make."""
    made = []
    for n in range(layers_in(fields)):
        given: dict[str, Any] = {name: fields.get(f"layers.{n}.{name}", "") for name in OWN}
        given["members"] = [username(fields[f"layers.{n}.members.{at}"]) for at in range(members_in(fields, n))]
        given["windows"] = [_window(fields, f"layers.{n}.windows.{at}") for at in range(windows_in(fields, n))]
        made.append(given)
    return {"layers": made}


def _window(fields: Mapping[str, str], place: str) -> dict[str, Any]:
    days = fields[f"{place}.days"]
    return {
        "days": [int(day) for day in days.split(",")] if days else [],
        "start": fields[f"{place}.start"],
        "end": fields[f"{place}.end"],
    }


def written(name: str, username: str) -> str:
    """A person as the form offers them."""
    return f"{name} ({username})"


def username(typed: str) -> str:
    """Whom the form means: the username in the last brackets, or all that was typed."""
    found = _WRITTEN.search(typed)
    return found[1].strip() if found else typed
