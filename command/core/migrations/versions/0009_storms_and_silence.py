"""storms and silence: pages that go together, acknowledgements that go quiet"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
UNSENT = sa.text('sent_at IS NULL')
WATCHED = sa.text('quiet_at IS NOT NULL')


def upgrade() -> None:
    # Added in place, not by a rebuilt table: that would lose the trigger which guards `exercise`.
    op.add_column('escalation', sa.Column('quiet_minutes', sa.Integer(), nullable=True))
    op.add_column('escalation', sa.Column('quiet_at', command.core.columns.Time(), nullable=True))
    op.create_index('ix_escalation_quiet', 'escalation', ['quiet_at'], unique=False, postgresql_where=WATCHED, sqlite_where=WATCHED)
    op.create_table('page_bundle',
    sa.Column('id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=False),
    sa.Column('sent_at', command.core.columns.Time(), nullable=True),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('fence', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('lease_until', command.core.columns.Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_page_bundle_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page_bundle'))
    )
    op.create_index('ix_page_bundle_due', 'page_bundle', ['due_at'], unique=False, postgresql_where=UNSENT, sqlite_where=UNSENT)
    op.create_index('ix_page_bundle_person_id', 'page_bundle', ['person_id', 'id'], unique=False)
    op.create_index(op.f('ix_page_bundle_delivery_id'), 'page_bundle', ['delivery_id'], unique=False)
    op.add_column('page', sa.Column('bundle_id', BIG, nullable=True))
    op.create_index(op.f('ix_page_bundle_id'), 'page', ['bundle_id'], unique=False)
    op.create_index('ix_page_person_id_created_at', 'page', ['person_id', 'created_at'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, ['page_bundle'], journal=()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index('ix_page_person_id_created_at', table_name='page')
    op.drop_index(op.f('ix_page_bundle_id'), table_name='page')
    op.drop_column('page', 'bundle_id')
    op.drop_table('page_bundle')
    op.drop_index('ix_escalation_quiet', table_name='escalation')
    op.drop_column('escalation', 'quiet_at')
    op.drop_column('escalation', 'quiet_minutes')
