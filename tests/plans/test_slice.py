"""A plan is made in steps and comes into use: written, reviewed, approved by somebody else, published (R26)."""

import pytest

from command.incidents import plans, standing
from playbooks.places import part
from tests.plans.conftest import House


@pytest.mark.proves("R26", "R34")
def test_a_plan_goes_from_draft_to_the_next_incident_and_a_running_one_keeps_its_own(house: House) -> None:
    before = house.responding()
    work = house.begun()
    assert (work["state"], work["based_on"], work["wrong"]) == ("draft", 1, [])
    body = work["body"].replace("due_minutes: 30", "due_minutes: 20", 1)
    assert body != work["body"]
    house.changed(work["id"], body=body, team=[{"person": "eng", "duty": "writes"}, {"person": "ada", "duty": "leads"}])
    sent = house.step("eng", work["id"], "submit")
    assert sent["state"] == "review" and sent["figures"]["subscribers"] == 50
    own = house.no("eng", work["id"], "approve")
    assert own["status"] == 403
    approved = house.step("ada", work["id"], "approve")
    assert (approved["state"], approved["version"]) == ("approved", 2) and len(approved["digest"]) == 64
    assert plan_of(house, before).version == 1, "approved is not published"
    done = house.step("eng", work["id"], "publish")
    assert done["state"] == "published"
    assert plan_of(house, before).version == 1, "a running incident keeps its plan"
    after = house.responding(elements=["CELL-4"], area="800201")
    found = plan_of(house, after)
    assert (found.version, part(found, "tiers.3.tasks.locate_fault").due_minutes) == (2, 20)
    assert found.approved_on == house.today() and found.approved_by == "commander"
    listed = house.get("ada", "/api/v1/playbooks/network_fault").json
    assert listed["current"]["version"] == 2 and listed["current"]["digest"] == approved["digest"]


def plan_of(house: House, number: str):  # type: ignore[no-untyped-def]
    with house.database.read() as session:
        found = plans.of(session, standing.find(session, number))
        assert found is not None
        return found
