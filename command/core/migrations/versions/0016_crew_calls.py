"""whom a unit is called by, the SMS that calls its crew out, and what the crew answered"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('resource_allocation', sa.Column('crew_answer', sa.Text(), nullable=True))
    op.create_table('resource_contact',
    sa.Column('unit_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('number_index', sa.LargeBinary(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.CheckConstraint('(person_id IS NULL) = (number IS NOT NULL)', name=op.f('ck_resource_contact_one_who')),
    sa.CheckConstraint('(number IS NULL) = (number_index IS NULL)', name=op.f('ck_resource_contact_indexed')),
    sa.CheckConstraint("language IN ('zh','en')", name=op.f('ck_resource_contact_language')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_resource_contact_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_resource_contact_unit_id_resource_unit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_resource_contact'))
    )
    op.create_index(op.f('ix_resource_contact_person_id'), 'resource_contact', ['person_id'], unique=False)
    op.create_table('resource_call',
    sa.Column('id', BIG, nullable=False),
    sa.Column('allocation_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('sent_by', BIG, nullable=True),
    sa.Column('sent_at', Time(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_at', Time(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("answer IS NULL OR answer IN ('confirmed','on_scene','done','declined')", name=op.f('ck_resource_call_answer')),
    sa.ForeignKeyConstraint(['allocation_id'], ['resource_allocation.id'], name=op.f('fk_resource_call_allocation_id_resource_allocation')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_resource_call_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_resource_call_person_id_person')),
    sa.ForeignKeyConstraint(['sent_by'], ['person.id'], name=op.f('fk_resource_call_sent_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_call'))
    )
    for column in ('allocation_id', 'person_id', 'recipient'):
        op.create_index(op.f(f'ix_resource_call_{column}'), 'resource_call', [column], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, ['resource_call'], journal=()):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.execute('DROP TRIGGER IF EXISTS keep_exercise_resource_call' + ('' if dialect == 'sqlite' else ' ON resource_call'))
    op.drop_table('resource_call')
    op.drop_table('resource_contact')
    op.drop_column('resource_allocation', 'crew_answer')
