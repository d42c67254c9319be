"""rows of an exercise belong to rows of exercises alone: what is sent, what it is sent about, and for whom"""

from alembic import op

from command.core import guards

revision = '0025'
down_revision = '0023'
branch_labels = None
depends_on = None

TIES = (
    ('alarm', 'incident_id', 'incident'),
    ('cut_off', 'incident_id', 'incident'),
    ('customer_case', 'incident_id', 'incident'),
    ('customer_case', 'delivery_id', 'delivery'),
    ('delivery', 'notice_id', 'notice'),
    ('delivery', 'page_id', 'page'),
    ('drill_incident', 'incident_id', 'incident'),
    ('drill_incident', 'drill_id', 'drill'),
    ('escalation', 'incident_id', 'incident'),
    ('incident', 'merged_into_id', 'incident'),
    ('notice', 'incident_id', 'incident'),
    ('notice', 'corrects_id', 'notice'),
    ('owed', 'notice_id', 'notice'),
    ('owed', 'about_id', 'notice'),
    ('page', 'escalation_id', 'escalation'),
    ('page', 'incident_id', 'incident'),
    ('page', 'bundle_id', 'page_bundle'),
    ('page_bundle', 'delivery_id', 'delivery'),
    ('page_method', 'page_id', 'page'),
    ('page_method', 'delivery_id', 'delivery'),
    ('passed', 'incident_id', 'incident'),
    ('passed', 'from_incident_id', 'incident'),
    ('passed', 'from_notice_id', 'notice'),
    ('passed', 'notice_id', 'notice'),
    ('phone_drill_way', 'delivery_id', 'delivery'),
    ('resource_allocation', 'request_id', 'resource_request'),
    ('resource_call', 'allocation_id', 'resource_allocation'),
    ('resource_call', 'delivery_id', 'delivery'),
    ('resource_order', 'request_id', 'resource_request'),
    ('resource_request', 'incident_id', 'incident'),
    ('wave', 'notice_id', 'notice'),
)


def upgrade() -> None:
    for statement in guards.ties(op.get_bind().dialect.name, TIES):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES):
        op.execute(statement)
