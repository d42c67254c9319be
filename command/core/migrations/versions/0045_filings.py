"""reports to the regulator"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('filing',)
TIES = (('filing', 'incident_id', 'incident'),)


def upgrade() -> None:
    op.create_table('filing',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('incident_number', sa.Text(), nullable=False),
    sa.Column('profile', sa.Text(), nullable=False),
    sa.Column('report', sa.Text(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('computed', Json(), nullable=False),
    sa.Column('written', Json(), nullable=False),
    sa.Column('as_of', Time(), nullable=False),
    sa.Column('drafted_by', sa.Text(), nullable=False),
    sa.Column('drafted_at', Time(), nullable=False),
    sa.Column('authors', Json(), nullable=False),
    sa.Column('edited_by', sa.Text(), nullable=True),
    sa.Column('edited_at', Time(), nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('due_at', Time(), nullable=True),
    sa.Column('submitted_by', sa.Text(), nullable=True),
    sa.Column('submitted_at', Time(), nullable=True),
    sa.Column('recorded_at', Time(), nullable=True),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('override', sa.Boolean(), nullable=False),
    sa.Column('changed', Json(), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("profile IN ('cn', 'us', 'eu')", name=op.f('ck_filing_profile')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'superseded', 'void')", name=op.f('ck_filing_state')),
    sa.CheckConstraint('edition >= 1 AND version >= 1', name=op.f('ck_filing_numbers')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_filing_incident_id_incident')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_filing_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing')),
    sa.UniqueConstraint('incident_id', 'report', 'edition', name=op.f('uq_filing_incident_id_report_edition'))
    )
    op.create_index('ix_filing_state_submitted_at', 'filing', ['state', 'submitted_at'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('filing')
