"""The map of areas: tiles, and the operator's outlines where they were imported. It is the same for everybody and stays while the
network's records do; what is affected comes with the board's card `map`."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards import drawing, tiles
from command.boards.drawing import Drawing
from command.boards.tiles import Group, Spot
from command.core import names
from command.network.census import census
from command.network.models import Area, AreaShape
from command.network.revision import revision

KEY = "tocsin.boards.map"


@dataclass(frozen=True)
class AreaMap:
    """`choices` are the areas to filter by, each with its depth; `chains` of a tile are its id and those of the areas it lies in.

    `totals` of a tile are its subscribers, counted only where a tile holds several of the areas that impact is told for."""

    groups: tuple[Group, ...]
    drawing: Drawing
    choices: tuple[tuple[int, Spot], ...]
    chains: Mapping[int, list[int]]
    totals: Mapping[int, int]


def of(app: Flask, session: Session, language: str) -> AreaMap:
    """The map in a language, made again when the network's records have changed."""
    made: dict[str, tuple[int, AreaMap]] = app.extensions.setdefault(KEY, {})
    now = revision(session)
    known = made.get(language)
    if known is None or known[0] != now:
        known = made[language] = (now, _make(session, language))
    return known[1]


def _make(session: Session, language: str) -> AreaMap:
    areas = session.scalars(select(Area)).all()
    spots = {area.id: Spot(area.id, area.code, area.parent_id, area.level, names.of(area, language)) for area in areas}
    shown = tiles.level(list(spots.values()))
    depth = tiles.LEVELS.index(shown)
    chains = {each: tiles.chain(spots, each) for each, spot in spots.items() if tiles.LEVELS.index(spot.level) >= depth}
    choices = sorted((spots[each] for each in chains), key=lambda spot: spot.code)
    tiled = [each for each, spot in spots.items() if spot.level == shown]
    outlines = dict(session.execute(select(AreaShape.area_id, AreaShape.rings)).tuples().all())
    return AreaMap(
        groups=tuple(tiles.groups(list(spots.values()))),
        drawing=drawing.draw({each: outlines[each] for each in tiled if each in outlines}),
        choices=tuple((len(chains[spot.id]) - 1, spot) for spot in choices),
        chains=chains,
        totals={each: census(session).total(each) for each in tiled} if depth else {},
    )
