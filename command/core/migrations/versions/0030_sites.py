"""sites with their power and access, damaged cables, the order of restoration, crew safety and hours on duty"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('cable_damage', 'crew_duty', 'restoration_line', 'safety_decision', 'site_report', 'site_status')
TIES = (
    ('cable_damage', 'incident_id', 'incident'),
    ('crew_duty', 'allocation_id', 'resource_allocation'),
    ('restoration_line', 'incident_id', 'incident'),
    ('safety_decision', 'incident_id', 'incident'),
    ('site_status', 'incident_id', 'incident'),
    ('site_status', 'request_id', 'resource_request'),
)


def upgrade() -> None:
    op.create_table('site',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('area_id', BIG, nullable=False),
    sa.Column('site_class', sa.Text(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('serves', Json(), nullable=False),
    sa.Column('battery_minutes', sa.Integer(), nullable=True),
    sa.Column('power_company', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('contact_number', sa.LargeBinary(), nullable=True),
    sa.Column('changed_at', Time(), nullable=False),
    sa.CheckConstraint("site_class IN ('core','aggregation','access')", name=op.f('ck_site_class')),
    sa.CheckConstraint('(latitude IS NULL AND longitude IS NULL) OR (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)', name=op.f('ck_site_on_earth')),
    sa.CheckConstraint('battery_minutes IS NULL OR battery_minutes >= 0', name=op.f('ck_site_battery')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_site_area_id_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site')),
    sa.UniqueConstraint('code', name=op.f('uq_site_code'))
    )
    op.create_index(op.f('ix_site_area_id'), 'site', ['area_id'], unique=False)

    op.create_table('cable_damage',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('segment_from', sa.Text(), nullable=False),
    sa.Column('segment_to', sa.Text(), nullable=False),
    sa.Column('km', sa.Double(), nullable=False),
    sa.Column('break_km', sa.Double(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('fibres_total', sa.Integer(), nullable=False),
    sa.Column('fibres_done', sa.Integer(), nullable=False),
    sa.Column('crew', sa.Text(), nullable=False),
    sa.Column('eta_at', Time(), nullable=True),
    sa.Column('found_at', Time(), nullable=False),
    sa.Column('repaired_at', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint('fibres_total > 0 AND fibres_done BETWEEN 0 AND fibres_total', name=op.f('ck_cable_damage_fibres')),
    sa.CheckConstraint('km >= 0 AND (break_km IS NULL OR break_km >= 0)', name=op.f('ck_cable_damage_lengths')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_cable_damage_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cable_damage'))
    )
    op.create_index(op.f('ix_cable_damage_incident_id'), 'cable_damage', ['incident_id'], unique=False)

    op.create_table('restoration_line',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.Column('place', sa.Integer(), nullable=True),
    sa.Column('owner_id', BIG, nullable=True),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint('place IS NULL OR place > 0', name=op.f('ck_restoration_line_place')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_restoration_line_incident_id_incident')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_restoration_line_owner_id_person')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_restoration_line_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_restoration_line')),
    sa.UniqueConstraint('incident_id', 'site_id', name=op.f('uq_restoration_line_incident_id_site_id'))
    )
    op.create_table('site_element',
    sa.Column('element_id', BIG, autoincrement=False, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['element_id'], ['element.id'], name=op.f('fk_site_element_element_id_element'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_site_element_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('element_id', name=op.f('pk_site_element'))
    )
    op.create_index(op.f('ix_site_element_site_id'), 'site_element', ['site_id'], unique=False)

    op.create_table('site_report',
    sa.Column('id', BIG, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('received_at', Time(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('said', Json(), nullable=False),
    sa.Column('late', Json(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_site_report_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site_report'))
    )
    op.create_index(op.f('ix_site_report_site_id_at'), 'site_report', ['site_id', 'at'], unique=False)

    op.create_table('site_status',
    sa.Column('id', BIG, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.Column('mains', sa.Text(), nullable=False),
    sa.Column('mains_at', Time(), nullable=True),
    sa.Column('mains_since', Time(), nullable=True),
    sa.Column('battery_minutes', sa.Integer(), nullable=True),
    sa.Column('battery_minutes_at', Time(), nullable=True),
    sa.Column('generator', sa.Text(), nullable=False),
    sa.Column('generator_at', Time(), nullable=True),
    sa.Column('fuel_hours', sa.Double(), nullable=True),
    sa.Column('fuel_hours_at', Time(), nullable=True),
    sa.Column('access', sa.Text(), nullable=False),
    sa.Column('access_at', Time(), nullable=True),
    sa.Column('told_fall_at', Time(), nullable=True),
    sa.Column('fell_at', Time(), nullable=True),
    sa.Column('incident_id', BIG, nullable=True),
    sa.Column('request_id', BIG, nullable=True),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("access IN ('reachable','blocked','unsafe','unknown')", name=op.f('ck_site_status_access')),
    sa.CheckConstraint("generator IN ('none','standby','running','unknown')", name=op.f('ck_site_status_generator')),
    sa.CheckConstraint("mains IN ('on','off','unknown')", name=op.f('ck_site_status_mains')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_site_status_incident_id_incident')),
    sa.ForeignKeyConstraint(['request_id'], ['resource_request.id'], name=op.f('fk_site_status_request_id_resource_request')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_site_status_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site_status')),
    sa.UniqueConstraint('site_id', 'exercise', name=op.f('uq_site_status_site_id_exercise'))
    )
    op.create_index(op.f('ix_site_status_incident_id'), 'site_status', ['incident_id'], unique=False)
    op.create_index(op.f('ix_site_status_mains'), 'site_status', ['mains', 'exercise'], unique=False)

    op.create_table('safety_decision',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('area_id', BIG, nullable=True),
    sa.Column('unit_id', BIG, nullable=True),
    sa.Column('go', sa.Boolean(), nullable=False),
    sa.Column('reason_note_id', BIG, nullable=False),
    sa.Column('weather_note_id', BIG, nullable=True),
    sa.Column('valid_until', Time(), nullable=False),
    sa.Column('decided_by', BIG, nullable=False),
    sa.Column('decided_at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_safety_decision_area_id_area')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_safety_decision_decided_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_safety_decision_incident_id_incident')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_safety_decision_reason_note_id_note')),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_safety_decision_unit_id_resource_unit')),
    sa.ForeignKeyConstraint(['weather_note_id'], ['note.id'], name=op.f('fk_safety_decision_weather_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_safety_decision'))
    )
    op.create_index(op.f('ix_safety_decision_incident_id'), 'safety_decision', ['incident_id'], unique=False)

    op.create_table('crew_duty',
    sa.Column('id', BIG, nullable=False),
    sa.Column('unit_id', BIG, nullable=False),
    sa.Column('allocation_id', BIG, nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['allocation_id'], ['resource_allocation.id'], name=op.f('fk_crew_duty_allocation_id_resource_allocation')),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_crew_duty_unit_id_resource_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crew_duty'))
    )
    op.create_index(op.f('ix_crew_duty_allocation_id'), 'crew_duty', ['allocation_id'], unique=False)
    op.create_index(op.f('ix_crew_duty_unit_id_from_at'), 'crew_duty', ['unit_id', 'from_at'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('crew_duty')
    op.drop_table('safety_decision')
    op.drop_table('site_status')
    op.drop_table('site_report')
    op.drop_table('site_element')
    op.drop_table('restoration_line')
    op.drop_table('cable_damage')
    op.drop_table('site')
