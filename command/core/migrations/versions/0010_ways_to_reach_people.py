"""ways to reach people"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

EXERCISE_TABLES = ['page_method']


def upgrade() -> None:
    id_type = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    # Added in place, not by a rebuilt table: that would lose the trigger which guards `exercise`.
    op.add_column('delivery', sa.Column('channel', sa.Text(), server_default='sms', nullable=False))
    op.create_table('person_contact',
    sa.Column('id', id_type, nullable=False),
    sa.Column('person_id', id_type, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('address_index', sa.LargeBinary(), nullable=True),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('wait_minutes', sa.Integer(), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('verified_at', command.core.columns.Time(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=True),
    sa.Column('code_until', command.core.columns.Time(), nullable=True),
    sa.Column('code_tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('code_delivery_id', id_type, nullable=True),
    sa.CheckConstraint("kind IN ('sms','voice','email','chat')", name=op.f('ck_person_contact_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_contact_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_contact'))
    )
    with op.batch_alter_table('person_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_contact_address_index'), ['address_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_contact_person_id'), ['person_id'], unique=False)
    op.create_table('person_quiet',
    sa.Column('person_id', id_type, autoincrement=False, nullable=False),
    sa.Column('start', sa.Time(), nullable=False),
    sa.Column('end', sa.Time(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_quiet_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_quiet'))
    )
    op.create_table('page_method',
    sa.Column('id', id_type, nullable=False),
    sa.Column('page_id', id_type, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('contact_id', id_type, nullable=True),
    sa.Column('wait_minutes', sa.Integer(), nullable=False),
    sa.Column('due_at', command.core.columns.Time(), nullable=True),
    sa.Column('delivery_id', id_type, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['person_contact.id'], name=op.f('fk_page_method_contact_id_person_contact')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_page_method_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['page_id'], ['page.id'], name=op.f('fk_page_method_page_id_page')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page_method')),
    sa.UniqueConstraint('page_id', 'position', name=op.f('uq_page_method_page_id_position'))
    )
    with op.batch_alter_table('page_method', schema=None) as batch_op:
        batch_op.create_index('ix_page_method_due', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'), sqlite_where=sa.text('due_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_page_method_delivery_id'), ['delivery_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in guards.statements(dialect, EXERCISE_TABLES, journal=()):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == 'sqlite':
        op.execute('DROP TRIGGER IF EXISTS keep_exercise_page_method')
    else:
        op.execute('DROP TRIGGER IF EXISTS keep_exercise_page_method ON page_method')
    op.drop_table('page_method')
    op.drop_table('person_quiet')
    op.drop_table('person_contact')
    op.drop_column('delivery', 'channel')
