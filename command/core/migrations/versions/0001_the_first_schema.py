"""the first schema"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


EXERCISE_TABLES = ['alarm', 'alarm_event', 'board_card', 'escalation', 'passed', 'delivery', 'inbound', 'incident', 'notice', 'page', 'cut_off', 'grade_change', 'impact', 'incident_clock', 'owed', 'role', 'task', 'wave']


def upgrade() -> None:
    op.create_table('alarm',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('element', sa.Text(), nullable=False),
    sa.Column('object', sa.Text(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('element_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('affecting', sa.Boolean(), nullable=False),
    sa.Column('momentary', sa.Boolean(), nullable=False),
    sa.Column('raised_at', command.core.columns.Time(), nullable=False),
    sa.Column('last_at', command.core.columns.Time(), nullable=False),
    sa.Column('cleared_at', command.core.columns.Time(), nullable=True),
    sa.Column('received_at', command.core.columns.Time(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm')),
    sa.UniqueConstraint('source', 'element', 'object', 'problem', 'exercise', name=op.f('uq_alarm_source_element_object_problem_exercise'))
    )
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alarm_element_id'), ['element_id'], unique=False)
        batch_op.create_index('ix_alarm_incident_id_state', ['incident_id', 'state'], unique=False)
        batch_op.create_index('ix_alarm_loose', ['last_at'], unique=False, postgresql_where=sa.text("incident_id IS NULL AND state = 'raised'"), sqlite_where=sa.text("incident_id IS NULL AND state = 'raised'"))
        batch_op.create_index('ix_alarm_momentary', ['last_at'], unique=False, postgresql_where=sa.text("momentary AND state = 'raised'"), sqlite_where=sa.text("momentary = 1 AND state = 'raised'"))

    op.create_table('alarm_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('alarm_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('received_at', command.core.columns.Time(), nullable=False),
    sa.Column('transition', sa.Text(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm_event')),
    sa.UniqueConstraint('alarm_id', 'at', 'transition', name=op.f('uq_alarm_event_alarm_id_at_transition'))
    )
    op.create_table('area',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.CheckConstraint("level IN ('country','province','prefecture','county')", name=op.f('ck_area_level')),
    sa.ForeignKeyConstraint(['parent_id'], ['area.id'], name=op.f('fk_area_parent_id_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area')),
    sa.UniqueConstraint('code', name=op.f('uq_area_code'))
    )
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_area_parent_id'), ['parent_id'], unique=False)

    op.create_table('board_card',
    sa.Column('board', sa.Text(), nullable=False),
    sa.Column('card', sa.Text(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('changed_at', command.core.columns.Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('board', 'card', name=op.f('pk_board_card'))
    )
    op.create_table('body',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('encoding', sa.Text(), nullable=False),
    sa.Column('segments', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_body'))
    )
    op.create_table('clock_offset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('microseconds', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_clock_offset_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_offset'))
    )
    op.create_table('counter',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('emergency_group',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('echelon', sa.Text(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency_group')),
    sa.UniqueConstraint('code', name=op.f('uq_emergency_group_code'))
    )
    op.create_table('ended_session',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('until', command.core.columns.Time(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ended_session'))
    )
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ended_session_until'), ['until'], unique=False)

    op.create_table('engine_beat',
    sa.Column('engine', sa.Text(), nullable=False),
    sa.Column('started_at', command.core.columns.Time(), nullable=False),
    sa.Column('seen_at', command.core.columns.Time(), nullable=False),
    sa.Column('slowest', sa.Text(), nullable=False),
    sa.Column('slowest_ms', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('engine', name=op.f('pk_engine_beat'))
    )
    op.create_table('entry',
    sa.Column('stream_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.Column('prev_hash', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('stream_id', 'seq', name=op.f('pk_entry'))
    )
    op.create_table('escalation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_number', sa.Text(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('restricted', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('steps', sa.Text(), nullable=False),
    sa.Column('area_codes', sa.Text(), nullable=False),
    sa.Column('texts', sa.Text(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('ended_at', command.core.columns.Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.Column('fence', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('lease_until', command.core.columns.Time(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation'))
    )
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.create_index('ix_escalation_due', ['state', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_escalation_incident_id'), ['incident_id'], unique=False)

    op.create_table('exercise_allowed',
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('until', command.core.columns.Time(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('recipient', name=op.f('pk_exercise_allowed'))
    )
    op.create_table('gateway_state',
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('second', command.core.columns.Time(), nullable=True),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('pages_used', sa.Integer(), nullable=False),
    sa.Column('day', sa.Text(), nullable=True),
    sa.Column('day_used', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('open_until', command.core.columns.Time(), nullable=True),
    sa.Column('stopped_reason', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('gateway', name=op.f('pk_gateway_state'))
    )
    op.create_table('halt',
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('cursor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('done_at', command.core.columns.Time(), nullable=True),
    sa.PrimaryKeyConstraint('notice_id', name=op.f('pk_halt'))
    )
    op.create_table('limit_window',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('started_at', command.core.columns.Time(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('locked_until', command.core.columns.Time(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_limit_window'))
    )
    op.create_table('note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('erased_at', command.core.columns.Time(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note'))
    )
    op.create_table('opt_out',
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('recipient', name=op.f('pk_opt_out'))
    )
    op.create_table('passed',
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('addressee', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('incident_id', 'addressee', 'from_incident_id', name=op.f('pk_passed'))
    )
    with op.batch_alter_table('passed', schema=None) as batch_op:
        batch_op.create_index('ix_passed_from', ['from_notice_id', 'addressee'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=True),
    sa.Column('area_code', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('theme', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=True),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('number_index', sa.LargeBinary(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('username', name=op.f('uq_person_username'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_number_index'), ['number_index'], unique=False)

    op.create_table('playbook_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('first_used_at', command.core.columns.Time(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_playbook_version')),
    sa.UniqueConstraint('code', 'version', 'digest', name=op.f('uq_playbook_version_code_version_digest'))
    )
    op.create_table('problem_kind',
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('affecting', sa.Boolean(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('momentary', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('problem', name=op.f('pk_problem_kind'))
    )
    op.create_table('receipt_in',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('attempt', sa.Text(), nullable=True),
    sa.Column('provider_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_in'))
    )
    op.create_table('schedule',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('handover', sa.Time(), nullable=False),
    sa.Column('period_days', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule')),
    sa.UniqueConstraint('code', name=op.f('uq_schedule_code'))
    )
    op.create_table('service',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('bit', sa.Integer(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('critical', sa.Boolean(), nullable=False),
    sa.CheckConstraint('bit BETWEEN 0 AND 62', name=op.f('ck_service_bit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('bit', name=op.f('uq_service_bit')),
    sa.UniqueConstraint('code', name=op.f('uq_service_code'))
    )
    op.create_table('signed_heads',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('heads', sa.Text(), nullable=False),
    sa.Column('previous', sa.LargeBinary(), nullable=False),
    sa.Column('key_id', sa.LargeBinary(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_heads'))
    )
    op.create_table('snapshot',
    sa.Column('stream_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('fold_version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('stream_id', 'seq', 'fold_version', name=op.f('pk_snapshot'))
    )
    op.create_table('stream',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('head_seq', sa.BigInteger(), nullable=False),
    sa.Column('head_hash', sa.LargeBinary(), nullable=False),
    sa.Column('head_at', command.core.columns.Time(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stream'))
    )
    op.create_table('tally',
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('notice_id', 'state', name=op.f('pk_tally'))
    )
    op.create_table('api_token',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('expires_at', command.core.columns.Time(), nullable=False),
    sa.Column('revoked_at', command.core.columns.Time(), nullable=True),
    sa.Column('used_at', command.core.columns.Time(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_api_token_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash'))
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_person_id'), ['person_id'], unique=False)

    op.create_table('break_glass',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('sealed_at', command.core.columns.Time(), nullable=False),
    sa.Column('used_at', command.core.columns.Time(), nullable=True),
    sa.Column('used_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['used_by'], ['person.id'], name=op.f('fk_break_glass_used_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_break_glass')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_break_glass_code_hash'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('page_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('addressee', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=False),
    sa.Column('lane', sa.SmallInteger(), nullable=False),
    sa.Column('body_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('gateway', sa.Text(), nullable=True),
    sa.Column('attempt', sa.Text(), nullable=True),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('tries', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('resent', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=False),
    sa.Column('valid_until', command.core.columns.Time(), nullable=True),
    sa.Column('submitted_at', command.core.columns.Time(), nullable=True),
    sa.Column('settled_at', command.core.columns.Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.Column('fence', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('lease_until', command.core.columns.Time(), nullable=True),
    sa.CheckConstraint("gateway IS NULL OR exercise = (gateway = 'exercise')", name=op.f('ck_delivery_exercise_gateway')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_delivery_body_id_body')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_attempt', ['attempt'], unique=True, postgresql_where=sa.text('attempt IS NOT NULL'), sqlite_where=sa.text('attempt IS NOT NULL'))
        batch_op.create_index('ix_delivery_held', ['lease_until'], unique=False, postgresql_where=sa.text("state IN ('leased', 'calling', 'in_doubt', 'submitted', 'sent')"), sqlite_where=sa.text("state IN ('leased', 'calling', 'in_doubt', 'submitted', 'sent')"))
        batch_op.create_index('ix_delivery_page_id', ['page_id'], unique=False, postgresql_where=sa.text('page_id IS NOT NULL'), sqlite_where=sa.text('page_id IS NOT NULL'))
        batch_op.create_index('ix_delivery_ready', ['lane', 'id'], unique=False, postgresql_where=sa.text("state = 'ready'"), sqlite_where=sa.text("state = 'ready'"))
        batch_op.create_index('uq_delivery_notice_addressee', ['notice_id', 'addressee'], unique=True)

    op.create_table('element',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('area_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('core', sa.Boolean(), nullable=False),
    sa.Column('services', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_element_area_id_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_element')),
    sa.UniqueConstraint('name', name=op.f('uq_element_name'))
    )
    with op.batch_alter_table('element', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_element_area_id'), ['area_id'], unique=False)

    op.create_table('group_member',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('duty', sa.Text(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['emergency_group.id'], name=op.f('fk_group_member_group_id_emergency_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_group_member_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_member')),
    sa.UniqueConstraint('group_id', 'duty', 'rank', name=op.f('uq_group_member_group_id_duty_rank'))
    )
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_member_person_id'), ['person_id'], unique=False)

    op.create_table('inbound',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=False),
    sa.Column('sender', sa.LargeBinary(), nullable=False),
    sa.Column('sender_index', sa.LargeBinary(), nullable=False),
    sa.Column('note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('handled', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_inbound_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_inbound_provider_id'))
    )
    with op.batch_alter_table('inbound', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inbound_sender_index'), ['sender_index'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('current_tier', sa.Integer(), nullable=False),
    sa.Column('projected_tier', sa.Integer(), nullable=False),
    sa.Column('rules', sa.Text(), nullable=False),
    sa.Column('overruled', sa.Text(), nullable=False),
    sa.Column('response_level', sa.Integer(), nullable=True),
    sa.Column('area_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('summary_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('feedback_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('measures_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cause_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('effect_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('improvement_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('scope_known', sa.Boolean(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('occurred_at', command.core.columns.Time(), nullable=True),
    sa.Column('detected_at', command.core.columns.Time(), nullable=False),
    sa.Column('reported_at', command.core.columns.Time(), nullable=False),
    sa.Column('assessed_at', command.core.columns.Time(), nullable=True),
    sa.Column('responding_at', command.core.columns.Time(), nullable=True),
    sa.Column('located_at', command.core.columns.Time(), nullable=True),
    sa.Column('fault_class', sa.Text(), nullable=True),
    sa.Column('quiet_at', command.core.columns.Time(), nullable=True),
    sa.Column('recovering_since', command.core.columns.Time(), nullable=True),
    sa.Column('restored_at', command.core.columns.Time(), nullable=True),
    sa.Column('reviewing_at', command.core.columns.Time(), nullable=True),
    sa.Column('closed_at', command.core.columns.Time(), nullable=True),
    sa.Column('ended_at', command.core.columns.Time(), nullable=True),
    sa.Column('eta', command.core.columns.Time(), nullable=True),
    sa.Column('commander_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('commander_since', command.core.columns.Time(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('playbook_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('users_now', sa.Integer(), nullable=False),
    sa.Column('users_peak', sa.Integer(), nullable=False),
    sa.Column('users_projected', sa.Integer(), nullable=False),
    sa.Column('user_minutes', sa.Double(), nullable=False),
    sa.Column('measured_at', command.core.columns.Time(), nullable=True),
    sa.Column('records_leaked', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('complaints', sa.Integer(), nullable=False),
    sa.Column('request_key', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint('tier BETWEEN 1 AND 4', name=op.f('ck_incident_tier')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_incident_area_id_area')),
    sa.ForeignKeyConstraint(['cause_note_id'], ['note.id'], name=op.f('fk_incident_cause_note_id_note')),
    sa.ForeignKeyConstraint(['commander_id'], ['person.id'], name=op.f('fk_incident_commander_id_person')),
    sa.ForeignKeyConstraint(['effect_note_id'], ['note.id'], name=op.f('fk_incident_effect_note_id_note')),
    sa.ForeignKeyConstraint(['feedback_note_id'], ['note.id'], name=op.f('fk_incident_feedback_note_id_note')),
    sa.ForeignKeyConstraint(['improvement_note_id'], ['note.id'], name=op.f('fk_incident_improvement_note_id_note')),
    sa.ForeignKeyConstraint(['measures_note_id'], ['note.id'], name=op.f('fk_incident_measures_note_id_note')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['incident.id'], name=op.f('fk_incident_merged_into_id_incident')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_incident_owner_id_person')),
    sa.ForeignKeyConstraint(['playbook_id'], ['playbook_version.id'], name=op.f('fk_incident_playbook_id_playbook_version')),
    sa.ForeignKeyConstraint(['summary_note_id'], ['note.id'], name=op.f('fk_incident_summary_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('number', name=op.f('uq_incident_number')),
    sa.UniqueConstraint('request_key', name=op.f('uq_incident_request_key'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index('ix_incident_reported_at', ['reported_at'], unique=False)
        batch_op.create_index('ix_incident_state_id', ['state', 'id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_number', sa.Text(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('playbook', sa.Text(), nullable=True),
    sa.Column('pre_approved_cap', sa.Integer(), nullable=False),
    sa.Column('audience', sa.Integer(), nullable=False),
    sa.Column('corrects_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('validity_minutes', sa.Integer(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('submitted_by', sa.Text(), nullable=True),
    sa.Column('submitted_at', command.core.columns.Time(), nullable=True),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('approved_at', command.core.columns.Time(), nullable=True),
    sa.Column('override', sa.Boolean(), nullable=False),
    sa.Column('release_at', command.core.columns.Time(), nullable=True),
    sa.Column('finished_at', command.core.columns.Time(), nullable=True),
    sa.Column('withdrawn_at', command.core.columns.Time(), nullable=True),
    sa.Column('reason_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('first','update','all_clear','correction','advisory','survey')", name=op.f('ck_notice_kind')),
    sa.ForeignKeyConstraint(['corrects_id'], ['notice.id'], name=op.f('fk_notice_corrects_id_notice')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_notice_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_incident_id_kind', ['incident_id', 'kind'], unique=False)
        batch_op.create_index('ix_notice_live', ['id'], unique=False, postgresql_where=sa.text("state IN ('approved', 'sending')"), sqlite_where=sa.text("state IN ('approved', 'sending')"))

    op.create_table('page',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('escalation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_number', sa.Text(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('submitted_at', command.core.columns.Time(), nullable=True),
    sa.Column('answered_at', command.core.columns.Time(), nullable=True),
    sa.Column('answered_via', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_page_escalation_id_escalation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_page_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page'))
    )
    with op.batch_alter_table('page', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_page_escalation_id'), ['escalation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_page_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_page_person_id'), ['person_id'], unique=False)

    op.create_table('person_post',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_post_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'post', name=op.f('pk_person_post'))
    )
    op.create_table('schedule_member',
    sa.Column('schedule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_schedule_member_person_id_person')),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_schedule_member_schedule_id_schedule'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('schedule_id', 'position', name=op.f('pk_schedule_member'))
    )
    op.create_table('cut_off',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('element_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('failed', sa.Boolean(), nullable=False),
    sa.Column('services', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_at', command.core.columns.Time(), nullable=False),
    sa.Column('until_at', command.core.columns.Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['element_id'], ['element.id'], name=op.f('fk_cut_off_element_id_element')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cut_off'))
    )
    with op.batch_alter_table('cut_off', schema=None) as batch_op:
        batch_op.create_index('ix_cut_off_incident_id_element_id', ['incident_id', 'element_id'], unique=False)
        batch_op.create_index('ix_cut_off_open', ['element_id'], unique=False, postgresql_where=sa.text('until_at IS NULL'), sqlite_where=sa.text('until_at IS NULL'))
        batch_op.create_index('uq_cut_off_open', ['incident_id', 'element_id'], unique=True, postgresql_where=sa.text('until_at IS NULL'), sqlite_where=sa.text('until_at IS NULL'))

    op.create_table('grade_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', command.core.columns.Time(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('current_tier', sa.Integer(), nullable=False),
    sa.Column('projected_tier', sa.Integer(), nullable=False),
    sa.Column('rules', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('reason_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_grade_change_incident_id_incident')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_grade_change_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grade_change'))
    )
    with op.batch_alter_table('grade_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grade_change_incident_id'), ['incident_id'], unique=False)

    op.create_table('impact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('area_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('users', sa.Integer(), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('declared', sa.Boolean(), nullable=False),
    sa.Column('from_at', command.core.columns.Time(), nullable=False),
    sa.Column('until_at', command.core.columns.Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('outage','degradation')", name=op.f('ck_impact_kind')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_impact_area_id_area')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_impact_incident_id_incident')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_impact_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_impact'))
    )
    with op.batch_alter_table('impact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_impact_incident_id'), ['incident_id'], unique=False)

    op.create_table('incident_clock',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('started_at', command.core.columns.Time(), nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=False),
    sa.Column('met_at', command.core.columns.Time(), nullable=True),
    sa.Column('breached_at', command.core.columns.Time(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.Column('fence', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('lease_until', command.core.columns.Time(), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_clock_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_clock')),
    sa.UniqueConstraint('incident_id', 'code', name=op.f('uq_incident_clock_incident_id_code'))
    )
    with op.batch_alter_table('incident_clock', schema=None) as batch_op:
        batch_op.create_index('ix_incident_clock_due', ['state', 'due_at'], unique=False)

    op.create_table('link',
    sa.Column('a_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('b_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('a_id < b_id', name=op.f('ck_link_order')),
    sa.ForeignKeyConstraint(['a_id'], ['element.id'], name=op.f('fk_link_a_id_element'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['b_id'], ['element.id'], name=op.f('fk_link_b_id_element'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('a_id', 'b_id', name=op.f('pk_link'))
    )
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_link_b_id'), ['b_id'], unique=False)

    op.create_table('notice_text',
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('missed', sa.Boolean(), nullable=False),
    sa.Column('body_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_notice_text_body_id_body')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_text_notice_id_notice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('notice_id', 'language', 'missed', name=op.f('pk_notice_text'))
    )
    op.create_table('owed',
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('about_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('addressee', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_owed_notice_id_notice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('notice_id', 'about_id', 'addressee', name=op.f('pk_owed'))
    )
    op.create_table('role',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_at', command.core.columns.Time(), nullable=False),
    sa.Column('until_at', command.core.columns.Time(), nullable=True),
    sa.Column('briefing_note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['briefing_note_id'], ['note.id'], name=op.f('fk_role_briefing_note_id_note')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_role_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role'))
    )
    with op.batch_alter_table('role', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_incident_id'), ['incident_id'], unique=False)

    op.create_table('subscriber',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=False),
    sa.Column('number_index', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('element_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('services', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tariff_plan', sa.Text(), nullable=False),
    sa.Column('critical', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['element_id'], ['element.id'], name=op.f('fk_subscriber_element_id_element')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriber')),
    sa.UniqueConstraint('number_index', name=op.f('uq_subscriber_number_index'))
    )
    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.create_index('ix_subscriber_element_id_id', ['element_id', 'id'], unique=False)

    op.create_table('task',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('detail_zh', sa.Text(), nullable=False),
    sa.Column('detail_en', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('risky', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=False),
    sa.Column('done_at', command.core.columns.Time(), nullable=True),
    sa.Column('done_by', sa.Text(), nullable=True),
    sa.Column('note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_task_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_task_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sa.UniqueConstraint('incident_id', 'code', name=op.f('uq_task_incident_id_code'))
    )
    op.create_table('wave',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=False),
    sa.Column('inserted', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('done_at', command.core.columns.Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.Column('fence', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('lease_until', command.core.columns.Time(), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_wave_notice_id_notice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wave'))
    )
    with op.batch_alter_table('wave', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wave_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index('ix_wave_open', ['done_at', 'id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, EXERCISE_TABLES):
        op.execute(statement)
    op.execute("INSERT INTO clock_offset (id, microseconds) VALUES (1, 0)")


def downgrade() -> None:
    for statement in guards.removals(op.get_bind().dialect.name, EXERCISE_TABLES):
        op.execute(statement)
    with op.batch_alter_table('wave', schema=None) as batch_op:
        batch_op.drop_index('ix_wave_open')
        batch_op.drop_index(batch_op.f('ix_wave_notice_id'))

    op.drop_table('wave')
    op.drop_table('task')
    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.drop_index('ix_subscriber_element_id_id')

    op.drop_table('subscriber')
    with op.batch_alter_table('role', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_incident_id'))

    op.drop_table('role')
    op.drop_table('owed')
    op.drop_table('notice_text')
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_link_b_id'))

    op.drop_table('link')
    with op.batch_alter_table('incident_clock', schema=None) as batch_op:
        batch_op.drop_index('ix_incident_clock_due')

    op.drop_table('incident_clock')
    with op.batch_alter_table('impact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_impact_incident_id'))

    op.drop_table('impact')
    with op.batch_alter_table('grade_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_grade_change_incident_id'))

    op.drop_table('grade_change')
    with op.batch_alter_table('cut_off', schema=None) as batch_op:
        batch_op.drop_index('uq_cut_off_open', postgresql_where=sa.text('until_at IS NULL'), sqlite_where=sa.text('until_at IS NULL'))
        batch_op.drop_index('ix_cut_off_open', postgresql_where=sa.text('until_at IS NULL'), sqlite_where=sa.text('until_at IS NULL'))
        batch_op.drop_index('ix_cut_off_incident_id_element_id')

    op.drop_table('cut_off')
    op.drop_table('schedule_member')
    op.drop_table('person_post')
    with op.batch_alter_table('page', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_page_person_id'))
        batch_op.drop_index(batch_op.f('ix_page_incident_id'))
        batch_op.drop_index(batch_op.f('ix_page_escalation_id'))

    op.drop_table('page')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_live', postgresql_where=sa.text("state IN ('approved', 'sending')"), sqlite_where=sa.text("state IN ('approved', 'sending')"))
        batch_op.drop_index('ix_notice_incident_id_kind')

    op.drop_table('notice')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index('ix_incident_state_id')
        batch_op.drop_index('ix_incident_reported_at')

    op.drop_table('incident')
    with op.batch_alter_table('inbound', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inbound_sender_index'))

    op.drop_table('inbound')
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_member_person_id'))

    op.drop_table('group_member')
    with op.batch_alter_table('element', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_element_area_id'))

    op.drop_table('element')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('uq_delivery_notice_addressee')
        batch_op.drop_index('ix_delivery_ready', postgresql_where=sa.text("state = 'ready'"), sqlite_where=sa.text("state = 'ready'"))
        batch_op.drop_index('ix_delivery_page_id', postgresql_where=sa.text('page_id IS NOT NULL'), sqlite_where=sa.text('page_id IS NOT NULL'))
        batch_op.drop_index('ix_delivery_held', postgresql_where=sa.text("state IN ('leased', 'calling', 'in_doubt', 'submitted', 'sent')"), sqlite_where=sa.text("state IN ('leased', 'calling', 'in_doubt', 'submitted', 'sent')"))
        batch_op.drop_index('ix_delivery_attempt', postgresql_where=sa.text('attempt IS NOT NULL'), sqlite_where=sa.text('attempt IS NOT NULL'))

    op.drop_table('delivery')
    op.drop_table('break_glass')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_person_id'))

    op.drop_table('api_token')
    op.drop_table('tally')
    op.drop_table('stream')
    op.drop_table('snapshot')
    op.drop_table('signed_heads')
    op.drop_table('service')
    op.drop_table('schedule')
    op.drop_table('receipt_in')
    op.drop_table('problem_kind')
    op.drop_table('playbook_version')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_number_index'))

    op.drop_table('person')
    with op.batch_alter_table('passed', schema=None) as batch_op:
        batch_op.drop_index('ix_passed_from')

    op.drop_table('passed')
    op.drop_table('opt_out')
    op.drop_table('note')
    op.drop_table('limit_window')
    op.drop_table('halt')
    op.drop_table('gateway_state')
    op.drop_table('exercise_allowed')
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_escalation_incident_id'))
        batch_op.drop_index('ix_escalation_due')

    op.drop_table('escalation')
    op.drop_table('entry')
    op.drop_table('engine_beat')
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ended_session_until'))

    op.drop_table('ended_session')
    op.drop_table('emergency_group')
    op.drop_table('counter')
    op.drop_table('clock_offset')
    op.drop_table('body')
    op.drop_table('board_card')
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_area_parent_id'))

    op.drop_table('area')
    op.drop_table('alarm_event')
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.drop_index('ix_alarm_momentary', postgresql_where=sa.text("momentary AND state = 'raised'"), sqlite_where=sa.text("momentary = 1 AND state = 'raised'"))
        batch_op.drop_index('ix_alarm_loose', postgresql_where=sa.text("incident_id IS NULL AND state = 'raised'"), sqlite_where=sa.text("incident_id IS NULL AND state = 'raised'"))
        batch_op.drop_index('ix_alarm_incident_id_state')
        batch_op.drop_index(batch_op.f('ix_alarm_element_id'))

    op.drop_table('alarm')
