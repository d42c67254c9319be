"""bulletins, what each recipient got, and reports upward"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('bulletin', 'bulletin_copy', 'upward_report')
TIES = (
    ('bulletin', 'incident_id', 'incident'),
    ('bulletin', 'corrects_id', 'bulletin'),
    ('bulletin_copy', 'bulletin_id', 'bulletin'),
    ('bulletin_copy', 'delivery_id', 'delivery'),
    ('upward_report', 'incident_id', 'incident'),
    ('upward_report', 'bulletin_id', 'bulletin'),
)


def upgrade() -> None:
    op.create_table('bulletin',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('incident_number', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('corrects_id', BIG, nullable=True),
    sa.Column('recipients', Json(), nullable=False),
    sa.Column('answers', Json(), nullable=False),
    sa.Column('figures', Json(), nullable=False),
    sa.Column('as_of', Time(), nullable=False),
    sa.Column('drafted', Json(), nullable=False),
    sa.Column('texts', Json(), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('due_at', Time(), nullable=True),
    sa.Column('next_at', Time(), nullable=True),
    sa.Column('drafted_by', sa.Text(), nullable=False),
    sa.Column('drafted_at', Time(), nullable=False),
    sa.Column('authors', Json(), nullable=False),
    sa.Column('edited_by', sa.Text(), nullable=True),
    sa.Column('edited_at', Time(), nullable=True),
    sa.Column('submitted_by', sa.Text(), nullable=True),
    sa.Column('submitted_at', Time(), nullable=True),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('approved_at', Time(), nullable=True),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('override', sa.Boolean(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('first', 'follow_up', 'final', 'upward')", name=op.f('ck_bulletin_kind')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'dropped')", name=op.f('ck_bulletin_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_bulletin_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin')),
    sa.UniqueConstraint('incident_id', 'number', name=op.f('uq_bulletin_incident_id_number'))
    )
    op.create_index('ix_bulletin_state', 'bulletin', ['state'], unique=False)

    op.create_table('bulletin_copy',
    sa.Column('id', BIG, nullable=False),
    sa.Column('bulletin_id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('sort', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('sees', sa.Text(), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('address_index', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('sent_at', Time(), nullable=True),
    sa.Column('received_at', Time(), nullable=True),
    sa.Column('received_via', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("sees IN ('full', 'short')", name=op.f('ck_bulletin_copy_sees')),
    sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'unknown', 'ready', 'kept')", name=op.f('ck_bulletin_copy_state')),
    sa.ForeignKeyConstraint(['bulletin_id'], ['bulletin.id'], name=op.f('fk_bulletin_copy_bulletin_id_bulletin')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_copy')),
    sa.UniqueConstraint('bulletin_id', 'code', 'place', name=op.f('uq_bulletin_copy_bulletin_id_code_place'))
    )
    op.create_index('ix_bulletin_copy_code', 'bulletin_copy', ['code', 'id'], unique=False)
    queued = sa.text("state = 'queued'")
    op.create_index(
        'ix_bulletin_copy_queued', 'bulletin_copy', ['id'], unique=False, postgresql_where=queued, sqlite_where=queued
    )

    lost = sa.text("state IN ('failed', 'unknown')")
    op.create_index(
        'ix_bulletin_copy_lost', 'bulletin_copy', ['bulletin_id'], unique=False, postgresql_where=lost, sqlite_where=lost
    )

    op.create_table('upward_report',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('clock', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('expected_at', Time(), nullable=True),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('tasks', sa.Integer(), nullable=False),
    sa.Column('told', Json(), nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('bulletin_id', BIG, nullable=False),
    sa.Column('acknowledged_by', BIG, nullable=True),
    sa.Column('acknowledged_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("why IN ('eta', 'projected', 'used', 'breached')", name=op.f('ck_upward_report_why')),
    sa.ForeignKeyConstraint(['acknowledged_by'], ['person.id'], name=op.f('fk_upward_report_acknowledged_by_person')),
    sa.ForeignKeyConstraint(['bulletin_id'], ['bulletin.id'], name=op.f('fk_upward_report_bulletin_id_bulletin')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_upward_report_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upward_report')),
    sa.UniqueConstraint('incident_id', 'clock', name=op.f('uq_upward_report_incident_id_clock'))
    )
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('upward_report')
    op.drop_table('bulletin_copy')
    op.drop_table('bulletin')
