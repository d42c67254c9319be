"""breaches of service levels"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('sla_breach', 'sla_decision')
TIES = (
    ('sla_breach', 'incident_id', 'incident'),
    ('sla_breach', 'clock_id', 'incident_clock'),
    ('sla_decision', 'breach_id', 'sla_breach'),
)


def upgrade() -> None:
    op.create_table('sla_breach',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('clock_id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('sla_class', sa.Text(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('users', sa.Integer(), nullable=False),
    sa.Column('customers', sa.Integer(), nullable=False),
    sa.Column('liability', sa.Text(), nullable=False),
    sa.Column('dispute', sa.Text(), nullable=False),
    sa.Column('penalty_cents', BIG, nullable=True),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('recorded_at', Time(), nullable=False),
    sa.Column('decided_at', Time(), nullable=True),
    sa.Column('decided_by', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("dispute IN ('none', 'raised', 'accepted', 'rejected', 'settled')", name=op.f('ck_sla_breach_dispute')),
    sa.CheckConstraint("liability IN ('undecided', 'ours', 'third_party', 'customer', 'force_majeure', 'none')", name=op.f('ck_sla_breach_liability')),
    sa.CheckConstraint('penalty_cents >= 0', name=op.f('ck_sla_breach_penalty')),
    sa.ForeignKeyConstraint(['clock_id'], ['incident_clock.id'], name=op.f('fk_sla_breach_clock_id_incident_clock')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_sla_breach_decided_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_sla_breach_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sla_breach')),
    sa.UniqueConstraint('clock_id', name=op.f('uq_sla_breach_clock_id'))
    )
    op.create_index('ix_sla_breach_due_at', 'sla_breach', ['due_at'], unique=False)
    op.create_index('ix_sla_breach_incident_id', 'sla_breach', ['incident_id'], unique=False)
    op.create_table('sla_decision',
    sa.Column('id', BIG, nullable=False),
    sa.Column('breach_id', BIG, nullable=False),
    sa.Column('liability', sa.Text(), nullable=False),
    sa.Column('dispute', sa.Text(), nullable=False),
    sa.Column('penalty_cents', BIG, nullable=True),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("dispute IN ('none', 'raised', 'accepted', 'rejected', 'settled')", name=op.f('ck_sla_decision_dispute')),
    sa.CheckConstraint("liability IN ('undecided', 'ours', 'third_party', 'customer', 'force_majeure', 'none')", name=op.f('ck_sla_decision_liability')),
    sa.CheckConstraint('penalty_cents >= 0', name=op.f('ck_sla_decision_penalty')),
    sa.ForeignKeyConstraint(['breach_id'], ['sla_breach.id'], name=op.f('fk_sla_decision_breach_id_sla_breach')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_sla_decision_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sla_decision_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sla_decision'))
    )
    op.create_index(op.f('ix_sla_decision_breach_id'), 'sla_decision', ['breach_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in [*guards.statements(dialect, TABLES, journal=()), *guards.ties(dialect, TIES)]:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('sla_decision')
    op.drop_table('sla_breach')
