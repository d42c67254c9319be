"""runs of drills: how far journals were read and recordings played, what was written to phones, how soon what they use is back"""

import sqlalchemy as sa
from alembic import op

from command.core import guards

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('drill_watch', 'drill_feed', 'drill_text')


def upgrade() -> None:
    op.add_column('drill', sa.Column('recall_minutes', sa.Integer(), server_default='20', nullable=False))
    op.create_table('drill_watch',
    sa.Column('drill_id', BIG, autoincrement=False, nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('seq', BIG, nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_watch_drill_id_drill')),
    sa.PrimaryKeyConstraint('drill_id', 'stream', name=op.f('pk_drill_watch'))
    )
    op.create_table('drill_feed',
    sa.Column('inject_id', BIG, autoincrement=False, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('sent', BIG, nullable=False),
    sa.Column('over', sa.Boolean(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_feed_drill_id_drill')),
    sa.ForeignKeyConstraint(['inject_id'], ['drill_inject.id'], name=op.f('fk_drill_feed_inject_id_drill_inject')),
    sa.PrimaryKeyConstraint('inject_id', name=op.f('pk_drill_feed'))
    )
    op.create_index('ix_drill_feed_drill_id', 'drill_feed', ['drill_id'], unique=False)
    op.create_table('drill_text',
    sa.Column('delivery_id', BIG, autoincrement=False, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_drill_text_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_text_drill_id_drill')),
    sa.PrimaryKeyConstraint('delivery_id', name=op.f('pk_drill_text'))
    )
    op.create_index('ix_drill_text_drill_id', 'drill_text', ['drill_id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES, ()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('drill_text')
    op.drop_table('drill_feed')
    op.drop_table('drill_watch')
    op.drop_column('drill', 'recall_minutes')
