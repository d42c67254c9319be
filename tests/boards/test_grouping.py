"""Impact by area: services that are hit alike stand side by side, the worst first."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from command.boards.grouping import Alike, by_area


def row(area: int, service: int, users: int, share: float = 0.5, kind: str = "outage") -> dict[str, Any]:
    return {"area_id": area, "service_id": service, "users": users, "share": share, "kind": kind}


def test_services_hit_alike_are_one_group_and_the_worst_area_is_first() -> None:
    found = by_area([row(1, 10, 20), row(1, 11, 20), row(1, 12, 5), row(2, 10, 90), row(2, 11, 7, kind="degradation")])
    assert [(area.area_id, area.users) for area in found] == [(2, 90), (1, 20)]
    assert found[1].groups == (Alike((10, 11), "outage", 20, 0.5), Alike((12,), "outage", 5, 0.5))
    assert [group.kind for group in found[0].groups] == ["outage", "degradation"]


@given(
    rows=st.lists(
        st.builds(
            row,
            st.integers(1, 4),
            st.integers(1, 5),
            st.integers(0, 9),
            kind=st.sampled_from(["outage", "degradation"]),
        ),
        max_size=30,
    )
)
def test_no_row_is_lost_or_made_up(rows: list[dict[str, Any]]) -> None:
    shown = sorted(
        (area.area_id, service, group.users, group.kind)
        for area in by_area(rows)
        for group in area.groups
        for service in group.services
    )
    assert shown == sorted((r["area_id"], r["service_id"], r["users"], r["kind"]) for r in rows)
