"""numbers that take no SMS, the operator's reference of a subscriber, and whom notices leave out"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0053'
down_revision = '0052'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('bad_number',
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('addressee', BIG, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('last_at', Time(), nullable=False),
    sa.Column('marked_at', Time(), nullable=True),
    sa.Column('cleared_at', Time(), nullable=True),
    sa.Column('cleared_by', sa.Text(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.CheckConstraint("state IN ('suspected','marked','cleared')", name=op.f('ck_bad_number_state')),
    sa.CheckConstraint("(state = 'suspected') = (marked_at IS NULL)", name=op.f('ck_bad_number_since')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_bad_number_note_id_note')),
    sa.PrimaryKeyConstraint('recipient', name=op.f('pk_bad_number'))
    )
    op.create_index('ix_bad_number_addressee_state', 'bad_number', ['addressee', 'state'])
    op.create_index('ix_bad_number_state_marked_at', 'bad_number', ['state', 'marked_at', 'addressee'])
    op.create_table('bad_answer',
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('first_at', Time(), nullable=False),
    sa.Column('last_at', Time(), nullable=False),
    sa.CheckConstraint("gateway <> 'exercise'", name=op.f('ck_bad_answer_live')),
    sa.ForeignKeyConstraint(['recipient'], ['bad_number.recipient'], name=op.f('fk_bad_answer_recipient_bad_number'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('recipient', 'gateway', 'day', 'code', name=op.f('pk_bad_answer'))
    )
    op.add_column('subscriber', sa.Column('reference', sa.Text(), server_default='', nullable=False))
    op.add_column('notice', sa.Column('leaves_bad', sa.Boolean(), nullable=False, server_default=sa.text('false')))
    op.add_column('notice', sa.Column('left_out', Json(), nullable=True))


def downgrade() -> None:
    op.drop_column('notice', 'left_out')
    op.drop_column('notice', 'leaves_bad')
    op.drop_column('subscriber', 'reference')
    op.drop_table('bad_answer')
    op.drop_table('bad_number')
