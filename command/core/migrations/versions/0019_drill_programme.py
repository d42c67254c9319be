"""the programme of drills: freezes, what becomes of a closed day, calendars that follow"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    # Added in place, not by a rebuilt table: that would lose the trigger which guards `exercise`.
    op.add_column('drill_programme', sa.Column('on_closed', sa.Text(), nullable=False, server_default='move'))
    op.add_column('drill', sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('calendar_feed', sa.Column('about', sa.Text(), nullable=False, server_default='duties'))
    op.create_table('drill_freeze',
    sa.Column('id', BIG, nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=False),
    sa.Column('areas', Json(), nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('made_by', BIG, nullable=False),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('lifted_at', Time(), nullable=True),
    sa.CheckConstraint('from_at < until_at', name=op.f('ck_drill_freeze_span')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_drill_freeze_made_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_drill_freeze_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_freeze'))
    )
    op.create_index('ix_drill_freeze_until_at', 'drill_freeze', ['until_at'], unique=False)


def downgrade() -> None:
    op.drop_table('drill_freeze')
    op.drop_column('calendar_feed', 'about')
    op.drop_column('drill', 'sequence')
    op.drop_column('drill_programme', 'on_closed')
