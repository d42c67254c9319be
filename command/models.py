"""Every table, so that migrations and tests see the whole schema."""

from command.agreements import models as agreements
from command.alarms import models as alarms
from command.archive import models as archive
from command.authority import models as authority
from command.boards import models as boards
from command.bulletins import models as bulletins
from command.capability import models as capability
from command.complaints import models as complaints
from command.complaints import reply_models as notice_replies
from command.core import beats, clock, heads, installation, journal
from command.core.columns import Base
from command.drills import models as drills
from command.drills.evaluation import models as drill_evaluations
from command.drills.programme import series_models as drill_series
from command.drills.runs import models as drill_runs
from command.evaluation import models as evaluations
from command.field import models as field
from command.filings import models as filings
from command.handover import models as handover
from command.improvement import models as improvement
from command.incidents import models as incidents
from command.incidents import observing_models as observations
from command.incidents import published_models as published_plans
from command.incidents import safety_models as task_safety
from command.incidents.family import models as families
from command.incidents.joint import models as joint_assessments
from command.insights import models as insights
from command.knowledge import models as knowledge
from command.measurements import models as measurements
from command.messages import bad_models as bad_numbers
from command.messages import hold_models as holds
from command.messages import models as messages
from command.messages import road_models as roads
from command.network import models as network
from command.notices import models as notices
from command.oncall import models as oncall
from command.oncall.duties import plan_models as oncall_plans
from command.oncall.phone_drill import drill_models as phone_drills
from command.people import authority_versions, contacts
from command.people import models as people
from command.periodic import models as periodic
from command.plans import models as plans
from command.readiness import models as readiness
from command.resources import crew_models as crews
from command.resources import models as resources
from command.retention import models as retention
from command.risks import models as risks
from command.satisfaction import models as satisfaction
from command.security import models as security
from command.settlement import models as settlement
from command.sites import models as sites
from command.training import models as training
from command.warnings import models as warnings

metadata = Base.metadata
rooms = (
    agreements,
    alarms,
    archive,
    authority,
    bad_numbers,
    authority_versions,
    boards,
    bulletins,
    capability,
    clock,
    complaints,
    notice_replies,
    contacts,
    crews,
    beats,
    drills,
    drill_evaluations,
    drill_series,
    drill_runs,
    drill_series,
    evaluations,
    families,
    field,
    filings,
    handover,
    heads,
    holds,
    roads,
    retention,
    improvement,
    incidents,
    installation,
    joint_assessments,
    journal,
    insights,
    knowledge,
    measurements,
    messages,
    network,
    notices,
    observations,
    oncall,
    oncall_plans,
    people,
    periodic,
    phone_drills,
    plans,
    published_plans,
    readiness,
    resources,
    risks,
    satisfaction,
    settlement,
    task_safety,
    sites,
    security,
    training,
    warnings,
)
