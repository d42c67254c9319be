"""customer cases"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

EXERCISE_TABLES = ['customer_case']


def upgrade() -> None:
    id_type = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('customer_case',
    sa.Column('id', id_type, nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('incident_id', id_type, nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('service_class', sa.Text(), nullable=False),
    sa.Column('complaint', sa.Boolean(), nullable=False),
    sa.Column('affected', sa.Boolean(), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=False),
    sa.Column('number_index', sa.LargeBinary(), nullable=False),
    sa.Column('subscriber_id', id_type, nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('note_id', id_type, nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('owner_id', id_type, nullable=False),
    sa.Column('taken_by', id_type, nullable=False),
    sa.Column('opened_at', command.core.columns.Time(), nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=True),
    sa.Column('closed_at', command.core.columns.Time(), nullable=True),
    sa.Column('closed_by', id_type, nullable=True),
    sa.Column('delivery_id', id_type, nullable=True),
    sa.Column('request_key', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("channel IN ('phone','web','counter','app','mail','social')", name=op.f('ck_customer_case_channel')),
    sa.CheckConstraint("service_class IN ('regular','emergency','special')", name=op.f('ck_customer_case_service_class')),
    sa.CheckConstraint("state IN ('open','closed')", name=op.f('ck_customer_case_state')),
    sa.ForeignKeyConstraint(['closed_by'], ['person.id'], name=op.f('fk_customer_case_closed_by_person')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_customer_case_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_customer_case_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_customer_case_note_id_note')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_customer_case_owner_id_person')),
    sa.ForeignKeyConstraint(['taken_by'], ['person.id'], name=op.f('fk_customer_case_taken_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_case')),
    sa.UniqueConstraint('reference', name=op.f('uq_customer_case_reference')),
    sa.UniqueConstraint('request_key', name=op.f('uq_customer_case_request_key'))
    )
    with op.batch_alter_table('customer_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_case_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_case_number_index'), ['number_index'], unique=False)
        batch_op.create_index('ix_customer_case_owner', ['owner_id', 'id'], unique=False, postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    dialect = op.get_bind().dialect.name
    for statement in guards.statements(dialect, EXERCISE_TABLES, journal=()):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == 'sqlite':
        op.execute('DROP TRIGGER IF EXISTS keep_exercise_customer_case')
    else:
        op.execute('DROP TRIGGER IF EXISTS keep_exercise_customer_case ON customer_case')
    op.drop_table('customer_case')
