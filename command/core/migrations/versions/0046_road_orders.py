"""orders about roads"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('road_order',
    sa.Column('id', BIG, nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('rate', sa.Integer(), nullable=True),
    sa.Column('lane', sa.Integer(), nullable=True),
    sa.Column('notice_id', BIG, nullable=True),
    sa.Column('reason_note_id', BIG, nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=False),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.CheckConstraint("act IN ('pause', 'slow', 'divert')", name=op.f('ck_road_order_act')),
    sa.CheckConstraint("(act = 'slow') = (rate IS NOT NULL)", name=op.f('ck_road_order_rate')),
    sa.CheckConstraint("act = 'divert' OR (lane IS NULL AND notice_id IS NULL)", name=op.f('ck_road_order_what')),
    sa.CheckConstraint('until_at > from_at', name=op.f('ck_road_order_lasts')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_road_order_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_road_order'))
    )
    op.add_column('engine_beat', sa.Column('traffic', Json(), server_default='{}', nullable=False))
    open_ = sa.text('ended_at IS NULL')
    op.create_index('ix_road_order_open', 'road_order', ['until_at'], unique=False, postgresql_where=open_, sqlite_where=open_)


def downgrade() -> None:
    op.drop_column('engine_beat', 'traffic')
    op.drop_table('road_order')
