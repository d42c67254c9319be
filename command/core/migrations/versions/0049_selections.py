"""audiences a person selects: on a notice, saved by name, and lists of numbers"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('notice', sa.Column('selection', Json(), nullable=True))
    op.create_table('number_list',
    sa.Column('id', BIG, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('matched', sa.Integer(), nullable=False),
    sa.Column('unknown', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', Time(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_list'))
    )
    op.create_table('listed_number',
    sa.Column('list_id', BIG, nullable=False),
    sa.Column('number_index', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['list_id'], ['number_list.id'], name=op.f('fk_listed_number_list_id_number_list'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('list_id', 'number_index', name=op.f('pk_listed_number'))
    )
    op.create_table('saved_audience',
    sa.Column('id', BIG, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('owner_id', BIG, nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('selection', Json(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_saved_audience_owner_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_audience')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_saved_audience_owner_id_name'))
    )


def downgrade() -> None:
    op.drop_table('saved_audience')
    op.drop_table('listed_number')
    op.drop_table('number_list')
    op.drop_column('notice', 'selection')
