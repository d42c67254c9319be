"""warnings, what is prepared for them, and notices to the subscribers of areas"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('warning', 'warning_task', 'warning_standby', 'warning_incident', 'warning_message')
TIES = (
    ('notice', 'warning_id', 'warning'),
    ('warning_task', 'warning_id', 'warning'),
    ('warning_standby', 'warning_id', 'warning'),
    ('warning_incident', 'warning_id', 'warning'),
    ('warning_incident', 'incident_id', 'incident'),
    ('warning_message', 'warning_id', 'warning'),
)
ABOUT = '(incident_id = 0) = (warning_id IS NOT NULL)'


def upgrade() -> None:
    op.create_table('warning',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('colour', sa.Text(), nullable=False),
    sa.Column('areas', Json(), nullable=False),
    sa.Column('unmatched', Json(), nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=False),
    sa.Column('headline_zh', sa.Text(), nullable=False),
    sa.Column('headline_en', sa.Text(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('risk', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('issued_at', Time(), nullable=False),
    sa.Column('issued_by', sa.Text(), nullable=False),
    sa.Column('request_key', sa.Text(), nullable=True),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("colour IN ('blue', 'yellow', 'orange', 'red')", name=op.f('ck_warning_colour')),
    sa.CheckConstraint("state IN ('live', 'lifted', 'expired')", name=op.f('ck_warning_state')),
    sa.CheckConstraint("source IN ('hand', 'api', 'cap', 'feed', 'risk')", name=op.f('ck_warning_source')),
    sa.CheckConstraint('from_at < until_at', name=op.f('ck_warning_validity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning')),
    sa.UniqueConstraint('code', name=op.f('uq_warning_code')),
    sa.UniqueConstraint('request_key', name=op.f('uq_warning_request_key'))
    )
    live = sa.text("state = 'live'")
    op.create_index('ix_warning_live', 'warning', ['until_at'], unique=False, postgresql_where=live, sqlite_where=live)
    op.create_index('ix_warning_ended', 'warning', ['ended_at'], unique=False)

    op.create_table('warning_feed',
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('checked_at', Time(), nullable=False),
    sa.Column('changed_at', Time(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_warning_feed'))
    )
    op.create_table('warning_incident',
    sa.Column('warning_id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_warning_incident_incident_id_incident')),
    sa.ForeignKeyConstraint(['warning_id'], ['warning.id'], name=op.f('fk_warning_incident_warning_id_warning')),
    sa.PrimaryKeyConstraint('warning_id', 'incident_id', name=op.f('pk_warning_incident'))
    )
    op.create_index('ix_warning_incident_incident_id', 'warning_incident', ['incident_id'], unique=False)

    op.create_table('warning_message',
    sa.Column('id', BIG, nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('identifier', sa.Text(), nullable=False),
    sa.Column('sent', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('warning_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['warning_id'], ['warning.id'], name=op.f('fk_warning_message_warning_id_warning')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_message')),
    sa.UniqueConstraint('sender', 'identifier', 'sent', name=op.f('uq_warning_message_sender_identifier_sent'))
    )
    op.create_index(op.f('ix_warning_message_warning_id'), 'warning_message', ['warning_id'], unique=False)

    op.create_table('warning_standby',
    sa.Column('warning_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('asked_at', Time(), nullable=True),
    sa.Column('confirmed_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_warning_standby_person_id_person')),
    sa.ForeignKeyConstraint(['warning_id'], ['warning.id'], name=op.f('fk_warning_standby_warning_id_warning')),
    sa.PrimaryKeyConstraint('warning_id', 'person_id', name=op.f('pk_warning_standby'))
    )
    op.create_table('warning_task',
    sa.Column('id', BIG, nullable=False),
    sa.Column('warning_id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('colour', sa.Text(), nullable=False),
    sa.Column('given_at', Time(), nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('settled_by', BIG, nullable=True),
    sa.Column('settled_at', Time(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'done', 'skipped')", name=op.f('ck_warning_task_state')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_warning_task_note_id_note')),
    sa.ForeignKeyConstraint(['settled_by'], ['person.id'], name=op.f('fk_warning_task_settled_by_person')),
    sa.ForeignKeyConstraint(['warning_id'], ['warning.id'], name=op.f('fk_warning_task_warning_id_warning')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_task')),
    sa.UniqueConstraint('warning_id', 'code', name=op.f('uq_warning_task_warning_id_code'))
    )
    op.create_table('notice_area',
    sa.Column('notice_id', BIG, nullable=False),
    sa.Column('area_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_notice_area_area_id_area')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_area_notice_id_notice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('notice_id', 'area_id', name=op.f('pk_notice_area'))
    )
    _widen_notices()
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def _widen_notices() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        # In one statement: to add the CHECK later, SQLite would have to build the table anew, and lose its triggers.
        op.execute(f'ALTER TABLE notice ADD COLUMN warning_id INTEGER CONSTRAINT ck_notice_about CHECK ({ABOUT})')
    else:
        op.add_column('notice', sa.Column('warning_id', BIG, nullable=True))
        op.create_check_constraint(op.f('ck_notice_about'), 'notice', ABOUT)
    op.create_index(op.f('ix_notice_warning_id'), 'notice', ['warning_id'], unique=False)


GONE = 'SELECT id FROM notice WHERE warning_id IS NOT NULL'
"""Advisories go with the warnings they are of: without them, nothing would say what they were about."""


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    for table in ('delivery', 'tally', 'halt', 'wave', 'owed', 'notice_text', 'notice_area'):
        op.execute(f'DELETE FROM {table} WHERE notice_id IN ({GONE})')
    op.execute(f'DELETE FROM notice WHERE corrects_id IN ({GONE})')
    op.execute('DELETE FROM notice WHERE warning_id IS NOT NULL')
    op.drop_index(op.f('ix_notice_warning_id'), table_name='notice')
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_notice_about'), 'notice', type_='check')
    op.drop_column('notice', 'warning_id')
    op.drop_table('notice_area')
    op.drop_table('warning_task')
    op.drop_table('warning_standby')
    op.drop_table('warning_message')
    op.drop_table('warning_incident')
    op.drop_table('warning_feed')
    op.drop_table('warning')
