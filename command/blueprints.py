"""What each room serves as JSON or as pages."""

from flask import Blueprint

from command import health, styleguide
from command.agreements import api as agreements_api
from command.agreements import pages as agreements_pages
from command.alarms import api as alarms_api
from command.alarms import hooks as alarm_hooks
from command.alarms import pages as alarm_pages
from command.archive import api as archive_api
from command.archive import pages as archive_pages
from command.authority import review_api as authority_review_api
from command.authority import review_pages as authority_review_pages
from command.authority import table_api as authority_api
from command.authority import table_pages as authority_pages
from command.boards import fragments as board_fragments
from command.boards import pages as board_pages
from command.boards import replay_pages
from command.bulletins import api as bulletins_api
from command.bulletins import pages as bulletin_pages
from command.bulletins import partner_api as bulletin_recipients_api
from command.bulletins import receipt_pages as bulletin_receipts
from command.capability import api as capability_api
from command.capability import pages as capability_pages
from command.cleaning import api as bad_numbers_api
from command.cleaning import pages as bad_number_pages
from command.complaints import api as cases_api
from command.complaints import (
    complaint_api,
    complaint_pages,
    customer_pages,
    desk_pages,
    public_pages,
    reply_api,
    reply_pages,
    surge_pages,
)
from command.composing import api as reckoning_api
from command.composing import compose_pages, keeping_api, keeping_pages
from command.composing import pages as notice_pages
from command.drills.console import pages as drill_pages_of_console
from command.drills.console import plan_pages as drill_plan_pages
from command.drills.console import report_pages as drill_incident_pages
from command.drills.evaluation import api as drill_evaluation_api
from command.drills.evaluation import hotwash_pages as drill_hotwash_pages
from command.drills.evaluation import observe_pages as drill_observing_pages
from command.drills.evaluation import report_pages as drill_report_pages
from command.drills.programme import api as drill_programme_api
from command.drills.programme import pages as drill_programme_pages
from command.drills.programme import series_pages as drill_series_pages
from command.drills.runs import api as drills_api
from command.drills.scenarios import api as scenarios_api
from command.drills.scenarios import pages as scenario_pages
from command.evaluation import api as evaluation_api
from command.evaluation import pages as evaluation_pages
from command.evaluation import public_pages as evaluation_public_pages
from command.field import pages as field_pages
from command.field import photos
from command.filings import api as filings_api
from command.filings import pages as filing_pages
from command.handover import api as handover_api
from command.handover import pages as handover_pages
from command.improvement import api as improvement_api
from command.improvement import pages as improvement_pages
from command.incidents import (
    actions_api,
    alerts_api,
    hold_api,
    hold_pages,
    journal_pages,
    notice_api,
    notice_policy,
    report_api,
    resource_api,
    resource_plan_api,
    resource_plan_pages,
    resource_scan,
    room_api,
    room_pages,
    safety_api,
    safety_pages,
    tasks_api,
)
from command.incidents import api as incidents_api
from command.incidents import pages as incident_pages
from command.incidents import resource_pages as resource_request_pages
from command.incidents.family import api as family_api
from command.incidents.family import pages as family_pages
from command.incidents.joint import api as joint_api
from command.incidents.joint import pages as joint_pages
from command.insights import (
    curve_pages,
    dashboard_api,
    dashboard_pages,
    figure_api,
    figure_pages,
    gantt_pages,
    overview_api,
    overview_pages,
)
from command.knowledge import api as knowledge_api
from command.knowledge import pages as knowledge_pages
from command.library import api as library_api
from command.library import draft_pages as plan_changes
from command.library import pages as library_pages
from command.measurements import api as measurements_api
from command.measurements import file_pages as measurement_files
from command.measurements import pages as measurement_pages
from command.messages import hooks as gateway_hooks
from command.messages import push_hooks
from command.network import api as network_api
from command.oncall.duties import (
    calendar_api,
    cover_api,
    duty_api,
    duty_pages,
    flaw_api,
    mine_pages,
    schedule_api,
    schedule_pages,
    swap_api,
)
from command.oncall.escalation import policy_api, policy_pages
from command.oncall.paging import actions_api as oncall_actions_api
from command.oncall.paging import api as oncall_api
from command.oncall.phone_drill import answer_page as drill_answer_page
from command.oncall.phone_drill import drill_api, drill_pages
from command.oncall.reach import contact_api, contact_pages
from command.people import api as people_api
from command.people import choices
from command.people import pages as people_pages
from command.periodic import api as periodic_api
from command.periodic import pages as periodic_pages
from command.plans import api as plans_api
from command.plans import pages as plan_pages
from command.readiness import api as readiness_api
from command.readiness import pages as readiness_pages
from command.resources import api as resources_api
from command.resources import (
    crew_api,
    label_pages,
    out_api,
    stock_api,
    stock_pages,
    unit_api,
    unit_list_pages,
    unit_pages,
)
from command.resources import file_pages as resource_files
from command.resources import pages as resource_pages
from command.retention import api as retention_api
from command.retention import pages as retention_pages
from command.risks import api as risks_api
from command.risks import file_pages as risk_files
from command.risks import pages as risk_pages
from command.roads import api as roads_api
from command.roads import pages as road_pages
from command.satisfaction import api as satisfaction_api
from command.satisfaction import pages as satisfaction_pages
from command.satisfaction import public_pages as survey_form
from command.security import agreement_pages
from command.security import api as security_api
from command.security import pages as security_pages
from command.settlement import api as settlement_api
from command.settlement import pages as settlement_pages
from command.sites import api as sites_api
from command.sites import incident_api as incident_sites_api
from command.sites import incident_pages as incident_sites_pages
from command.sites import pages as sites_pages
from command.status import desk_pages as announcement_pages
from command.status import pages as status_pages
from command.training import api as training_api
from command.training import pages as training_pages
from command.training import session_api as training_session_api
from command.training import session_pages as training_session_pages
from command.warnings import api as warnings_api
from command.warnings import pages as warning_pages
from command.warnings import part_pages as warning_parts
from command.warnings import work_api as warning_work_api
from command.warnings import work_pages as warning_work_pages

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.pages,
    people_api.api,
    people_pages.pages,
    authority_api.api,
    authority_pages.pages,
    authority_review_api.api,
    authority_review_pages.pages,
    safety_api.api,
    safety_pages.pages,
    choices.choices,
    network_api.api,
    gateway_hooks.hooks,
    push_hooks.hooks,
    oncall_api.api,
    oncall_actions_api.api,
    duty_api.api,
    schedule_api.api,
    cover_api.api,
    duty_pages.pages,
    schedule_pages.pages,
    contact_api.api,
    contact_pages.pages,
    policy_api.api,
    policy_pages.pages,
    swap_api.api,
    flaw_api.api,
    calendar_api.api,
    mine_pages.pages,
    handover_api.api,
    handover_pages.pages,
    drill_api.api,
    drills_api.api,
    drill_plan_pages.pages,
    drill_pages_of_console.pages,
    drill_incident_pages.pages,
    drill_pages.pages,
    drill_answer_page.pages,
    drill_evaluation_api.api,
    drill_observing_pages.pages,
    drill_hotwash_pages.pages,
    drill_report_pages.pages,
    drill_programme_api.api,
    drill_programme_pages.pages,
    drill_series_pages.pages,
    field_pages.pages,
    photos.pages,
    incidents_api.api,
    actions_api.api,
    alerts_api.api,
    hold_api.api,
    hold_pages.pages,
    tasks_api.api,
    report_api.api,
    notice_api.api,
    notice_policy.api,
    notice_policy.pages,
    room_api.api,
    family_api.api,
    family_pages.pages,
    joint_api.api,
    joint_pages.pages,
    resource_api.api,
    resource_plan_api.api,
    resource_plan_pages.pages,
    resources_api.api,
    crew_api.api,
    unit_api.api,
    out_api.api,
    stock_api.api,
    resource_pages.pages,
    resource_files.pages,
    unit_list_pages.pages,
    resource_request_pages.pages,
    resource_scan.pages,
    label_pages.pages,
    unit_pages.pages,
    stock_pages.pages,
    readiness_api.api,
    readiness_pages.pages,
    incident_pages.pages,
    room_pages.pages,
    journal_pages.pages,
    knowledge_api.api,
    knowledge_pages.pages,
    improvement_api.api,
    improvement_pages.pages,
    risks_api.api,
    roads_api.api,
    retention_api.api,
    retention_pages.pages,
    road_pages.pages,
    evaluation_api.api,
    evaluation_pages.pages,
    evaluation_public_pages.pages,
    settlement_api.api,
    settlement_pages.pages,
    agreements_api.api,
    agreements_pages.pages,
    reply_api.api,
    reply_pages.pages,
    satisfaction_api.api,
    satisfaction_pages.pages,
    survey_form.pages,
    risk_files.pages,
    risk_pages.pages,
    bulletins_api.api,
    bulletin_recipients_api.api,
    bulletin_pages.pages,
    bulletin_receipts.pages,
    filings_api.api,
    filing_pages.pages,
    sites_api.api,
    incident_sites_api.api,
    incident_sites_pages.pages,
    sites_pages.pages,
    measurements_api.api,
    measurement_files.pages,
    measurement_pages.pages,
    security_api.api,
    security_pages.pages,
    agreement_pages.pages,
    alarms_api.api,
    alarm_hooks.hooks,
    alarm_pages.pages,
    cases_api.api,
    desk_pages.pages,
    customer_pages.pages,
    complaint_api.api,
    complaint_pages.pages,
    surge_pages.pages,
    public_pages.pages,
    status_pages.pages,
    announcement_pages.pages,
    capability_api.api,
    capability_pages.pages,
    training_api.api,
    training_session_api.api,
    training_pages.pages,
    training_session_pages.pages,
    board_pages.pages,
    board_fragments.pages,
    styleguide.pages,
    replay_pages.pages,
    curve_pages.pages,
    overview_pages.pages,
    overview_api.api,
    dashboard_pages.pages,
    dashboard_api.api,
    gantt_pages.pages,
    gantt_pages.api,
    periodic_api.api,
    periodic_pages.pages,
    figure_pages.pages,
    figure_api.api,
    archive_api.api,
    archive_pages.pages,
    library_api.api,
    library_pages.pages,
    plans_api.api,
    plan_pages.pages,
    plan_changes.pages,
    scenarios_api.api,
    scenario_pages.pages,
    warnings_api.api,
    warning_work_api.work,
    warning_parts.pages,
    warning_pages.pages,
    warning_work_pages.pages,
    reckoning_api.api,
    bad_numbers_api.api,
    bad_number_pages.pages,
    keeping_api.api,
    notice_pages.pages,
    compose_pages.pages,
    keeping_pages.pages,
)
"""One line a room: what it serves as JSON or as pages."""
