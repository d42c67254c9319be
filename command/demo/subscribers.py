"""The demo operator's subscribers: made up from a few parameters, the same ones every time, and nobody's numbers.

Pure: parameters and elements in, a stream of rows out. Numbers are +86 120 and eight digits, a range that no operator
was given and that libphonenumber calls invalid, so that no message to one of them can reach a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple, Self

_NUMBERS = 10**8
"""How many numbers have eight digits."""

_STRIDE = 61_803_399
"""No factor in common with 10**8: steps of this length visit every number once before the first comes again."""

_APPS = 10
"""One in so many has the carrier's app."""


class Site(NamedTuple):
    """An element as far as subscribers are concerned."""

    name: str
    kind: str
    services: tuple[str, ...]


class Row(NamedTuple):
    """One made-up subscriber, in the columns of the subscriber import."""

    number: str
    language: str
    element: str
    services: tuple[str, ...]
    tariff_plan: str
    critical: str
    """why this subscriber is a critical customer (hospital, government, …); empty for the rest"""
    app: str
    """what the carrier's app knows them by; empty for those without it"""
    reference: str
    """what the billing knows them by"""


class ParameterError(ValueError):
    """The parameters cannot be followed; the message names the field and what it should hold."""


@dataclass(frozen=True)
class Mix:
    """Tariff plans on offer at one kind of element, each with its share and the services it contains."""

    plans: tuple[str, ...]
    shares: tuple[float, ...]
    services: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Parameters:
    """What to make. Shares and weights are relative; they need not add up to one."""

    total: int
    seed: int
    weights: Mapping[str, float]
    """element kind → subscribers of one such element, relative to other kinds; kinds left out have none"""
    spread: float
    """0 ≤ spread < 1: an element's weight is varied by up to this part, either way"""
    languages: Mapping[str, float]
    mixes: Mapping[str, Mix]
    critical: Mapping[str, Mapping[str, float]]
    """tariff plan → kind of critical customer → part of the plan's subscribers (0 to 1); plans left out have none"""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the parsed JSON. Raises ParameterError naming the field."""
        try:
            found = cls(
                total=int(document["total"]),
                seed=int(document["seed"]),
                weights={kind: float(weight) for kind, weight in document["weights"].items()},
                spread=float(document["spread"]),
                languages={name: float(share) for name, share in document["languages"].items()},
                mixes={kind: _mix(plans) for kind, plans in document["plans"].items()},
                critical={plan: _parts(kinds) for plan, kinds in document["critical"].items()},
            )
        except KeyError as missing:
            raise ParameterError(f"subscribers: field {missing} is missing; add it") from None
        except (TypeError, ValueError, AttributeError) as wrong:
            raise ParameterError(f"subscribers: {wrong}; see the README beside the file") from None
        _check(found)
        return found


def generate(parameters: Parameters, sites: Sequence[Site]) -> Iterator[Row]:
    """Stream the subscribers, element by element; the same parameters and sites give the same rows.

    A subscriber has the services of the plan that the element offers, so none has what the place cannot give.
    Raises ParameterError if no element may have subscribers.
    """
    chance = Random(parameters.seed)
    weights = [_weight(site, parameters, chance) for site in sites]
    serial = 0
    for site, count in zip(sites, apportion(parameters.total, weights), strict=True):
        if count:
            yield from _of_site(site, serial, count, parameters, chance)
            serial += count


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total (largest remainders first)."""
    whole = sum(weights)
    if whole <= 0:
        raise ParameterError("subscribers: weights give no element any subscriber; weigh at least one kind")
    exact = [total * weight / whole for weight in weights]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (counts[i] - exact[i], i))
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts


def _of_site(site: Site, first: int, count: int, parameters: Parameters, chance: Random) -> Iterator[Row]:
    mix = parameters.mixes[site.kind]
    offered = [tuple(service for service in plan if service in site.services) for plan in mix.services]
    usable = [share if services else 0.0 for share, services in zip(mix.shares, offered, strict=True)]
    if not any(usable):
        raise ParameterError(f"subscribers: no plan of plans.{site.kind} has a service of {site.name}; add one")
    languages = chance.choices(list(parameters.languages), list(parameters.languages.values()), k=count)
    plans = chance.choices(range(len(usable)), usable, k=count)
    for serial, language, plan in zip(range(first, first + count), languages, plans, strict=True):
        name = mix.plans[plan]
        critical = _critical(parameters.critical[name], chance) if name in parameters.critical else ""
        yield Row(_number(serial), language, site.name, offered[plan], name, critical, _app(serial), f"LD-{serial:07d}")


def _critical(parts: Mapping[str, float], chance: Random) -> str:
    drawn = chance.random()
    for kind, part in parts.items():
        if drawn < part:
            return kind
        drawn -= part
    return ""


def _app(serial: int) -> str:
    """A name of the app's own, which says nothing of the number."""
    return "app-" + sha256(f"app {serial}".encode()).hexdigest()[:16] if serial % _APPS == 0 else ""


def _number(serial: int) -> str:
    return f"+86120{serial * _STRIDE % _NUMBERS:08d}"


def _weight(site: Site, parameters: Parameters, chance: Random) -> float:
    varied = 1 + parameters.spread * (2 * chance.random() - 1)
    return parameters.weights.get(site.kind, 0.0) * varied


def _parts(kinds: Mapping[str, Any]) -> Mapping[str, float]:
    return {kind: float(part) for kind, part in kinds.items()}


def _mix(plans: Mapping[str, Mapping[str, Any]]) -> Mix:
    return Mix(
        tuple(plans),
        tuple(float(plan["share"]) for plan in plans.values()),
        tuple(tuple(plan["services"]) for plan in plans.values()),
    )


def _check(parameters: Parameters) -> None:
    if not 0 < parameters.total <= _NUMBERS:
        raise ParameterError(f"subscribers: total is {parameters.total}; give 1 to {_NUMBERS}")
    if not 0 <= parameters.spread < 1:
        raise ParameterError(f"subscribers: spread is {parameters.spread}; give 0 or more and less than 1")
    if not parameters.languages or min(parameters.languages.values()) < 0:
        raise ParameterError("subscribers: languages needs at least one language, with a share of 0 or more")
    for kind, weight in parameters.weights.items():
        if weight < 0:
            raise ParameterError(f"subscribers: weights.{kind} is {weight}; give 0 or more")
        if weight and kind not in parameters.mixes:
            raise ParameterError(f"subscribers: weights.{kind} has no plans; add plans.{kind}")
