"""holds of records, certificates of what was removed, and delivery times that stay"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Time

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('kept_time',
    sa.Column('notice_id', BIG, nullable=False),
    sa.Column('seconds', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('count', BIG, nullable=False),
    sa.PrimaryKeyConstraint('notice_id', 'seconds', name=op.f('pk_kept_time'))
    )
    op.create_table('record_hold',
    sa.Column('incident_id', BIG, autoincrement=False, nullable=False),
    sa.Column('reason_note_id', BIG, nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_record_hold_incident_id_incident')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_record_hold_reason_note_id_note')),
    sa.PrimaryKeyConstraint('incident_id', name=op.f('pk_record_hold'))
    )
    op.create_table('notice_purge',
    sa.Column('notice_id', BIG, autoincrement=False, nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('rows', BIG, nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('begun_at', Time(), nullable=False),
    sa.Column('done_at', Time(), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_purge_notice_id_notice')),
    sa.PrimaryKeyConstraint('notice_id', name=op.f('pk_notice_purge'))
    )


def downgrade() -> None:
    op.drop_table('notice_purge')
    op.drop_table('record_hold')
    op.drop_table('kept_time')
