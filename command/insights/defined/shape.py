"""What is said of a figure that is shown: its name, its definition and source, and what it has to reach. Pure.

The functions that count figures are in service_figures and in the modules of rows; docs/reference/figures.md has the same list."""

from dataclasses import dataclass

from command.core.problems import N_
from command.insights.measures import Aim, Better, Unit

GROUPS = {
    "speed": N_("Speed"),
    "service": N_("Service quality"),
    "customers": N_("Customers"),
    "messages": N_("Messages"),
    "people": N_("People on call"),
    "resources": N_("Resources"),
    "improvement": N_("Drills and improvement"),
}
HANDBOOK, NATIONAL, LEVELS = N_("Handbook"), N_("National figure"), N_("Service levels")
PRACTICE, HOUSE = N_("Field practice"), N_("House figure")
ALL, NINETY_EIGHT, NINETY = Aim(100), Aim(98), Aim(90)


@dataclass(frozen=True, slots=True)
class Definition:
    """`says` is the definition in a sentence or two. `narrowed`: it follows the choices of tier, kind, area and service; others count the
    whole house. `today`: it is how things stand now, not of a period. `behind`: where what it counts is listed; empty: the archive.
    `missed`: the incidents that missed it are listed on a page of their own. `clock`: the code of the clock whose minutes `says` names."""

    code: str
    group: str
    name: str
    says: str
    source: str
    unit: Unit = "percent"
    better: Better = "more"
    aim: Aim | None = None
    narrowed: bool = True
    today: bool = False
    behind: str = ""
    missed: bool = False
    clock: str = ""
