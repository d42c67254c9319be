"""what incidents leave to be settled"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text("state = 'open'")
TABLES = ('settlement_item',)
TIES = (('settlement_item', 'incident_id', 'incident'),)


def upgrade() -> None:
    op.create_table('settlement_item',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('sort', sa.Text(), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('owner_id', BIG, nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('amount_cents', BIG, nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('settled_at', Time(), nullable=True),
    sa.Column('settled_by', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("sort IN ('compensation', 'data_recovery', 'regulator', 'accountability')", name=op.f('ck_settlement_item_sort')),
    sa.CheckConstraint("state IN ('open', 'settled', 'waived', 'void')", name=op.f('ck_settlement_item_state')),
    sa.CheckConstraint('amount_cents >= 0 AND people >= 0', name=op.f('ck_settlement_item_figures')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_settlement_item_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_settlement_item_note_id_note')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_settlement_item_owner_id_person')),
    sa.ForeignKeyConstraint(['settled_by'], ['person.id'], name=op.f('fk_settlement_item_settled_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement_item')),
    sa.UniqueConstraint('incident_id', 'code', name=op.f('uq_settlement_item_incident_id_code'))
    )
    op.create_index('ix_settlement_item_open', 'settlement_item', ['due_on'], unique=False, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index(op.f('ix_settlement_item_owner_id'), 'settlement_item', ['owner_id'], unique=False)
    op.create_table('settlement_reminder',
    sa.Column('id', BIG, nullable=False),
    sa.Column('item_id', BIG, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['settlement_item.id'], name=op.f('fk_settlement_reminder_item_id_settlement_item')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_settlement_reminder_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement_reminder')),
    sa.UniqueConstraint('item_id', 'due_on', 'days', 'person_id', name='uq_settlement_reminder_once')
    )
    dialect = op.get_bind().dialect.name
    for statement in [*guards.statements(dialect, TABLES, journal=()), *guards.ties(dialect, TIES)]:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('settlement_reminder')
    op.drop_table('settlement_item')
