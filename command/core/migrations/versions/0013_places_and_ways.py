"""where areas lie, and how long the way from one to another takes"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'area_place',
        sa.Column('area_id', BIG, nullable=False),
        sa.Column('latitude', sa.Double(), nullable=False),
        sa.Column('longitude', sa.Double(), nullable=False),
        sa.CheckConstraint(
            'latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180', name=op.f('ck_area_place_on_earth')
        ),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_area_place_area_id_area'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('area_id', name=op.f('pk_area_place')),
    )
    op.create_table(
        'area_travel',
        sa.Column('from_id', BIG, nullable=False),
        sa.Column('to_id', BIG, nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.CheckConstraint('minutes BETWEEN 1 AND 10080', name=op.f('ck_area_travel_minutes')),
        sa.ForeignKeyConstraint(['from_id'], ['area.id'], name=op.f('fk_area_travel_from_id_area'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['to_id'], ['area.id'], name=op.f('fk_area_travel_to_id_area'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('from_id', 'to_id', name=op.f('pk_area_travel')),
    )
    with op.batch_alter_table('area_travel') as batch:
        batch.create_index(op.f('ix_area_travel_to_id'), ['to_id'])


def downgrade() -> None:
    with op.batch_alter_table('area_travel') as batch:
        batch.drop_index(op.f('ix_area_travel_to_id'))
    op.drop_table('area_travel')
    op.drop_table('area_place')
