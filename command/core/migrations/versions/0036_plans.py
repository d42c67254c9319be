"""plans made here, published versions, and who has to read them"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text("state IN ('draft', 'review', 'approved')")
PUBLISHED = sa.text("state = 'published'")


def upgrade() -> None:
    op.create_table('published_plan',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('published_at', Time(), nullable=False),
    sa.Column('withdrawn_at', Time(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_plan')),
    sa.UniqueConstraint('code', 'version', name=op.f('uq_published_plan_code_version')),
    sa.UniqueConstraint('digest', name=op.f('uq_published_plan_digest'))
    )
    op.create_table('plan_work',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('based_on', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('head', Json(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('team', Json(), nullable=False),
    sa.Column('gathered', Json(), nullable=False),
    sa.Column('figures', Json(), nullable=False),
    sa.Column('risks', Json(), nullable=False),
    sa.Column('assessment', sa.Text(), nullable=False),
    sa.Column('targets', Json(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('authors', Json(), nullable=False),
    sa.Column('begun_by', BIG, nullable=False),
    sa.Column('begun_at', Time(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('submitted_by', BIG, nullable=True),
    sa.Column('submitted_at', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('approved_by', BIG, nullable=True),
    sa.Column('approved_at', Time(), nullable=True),
    sa.Column('approved_as', sa.Text(), nullable=True),
    sa.Column('override', sa.Boolean(), nullable=False),
    sa.Column('published_id', BIG, nullable=True),
    sa.Column('published_by', BIG, nullable=True),
    sa.Column('published_at', Time(), nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.CheckConstraint("state IN ('draft', 'review', 'approved', 'published', 'withdrawn', 'dropped')", name=op.f('ck_plan_work_state')),
    *(
        sa.ForeignKeyConstraint([column], ['person.id'], name=op.f(f'fk_plan_work_{column}_person'))
        for column in ('begun_by', 'submitted_by', 'approved_by', 'published_by')
    ),
    sa.ForeignKeyConstraint(['published_id'], ['published_plan.id'], name=op.f('fk_plan_work_published_id_published_plan')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_plan_work_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_work'))
    )
    op.create_index('ix_plan_work_open', 'plan_work', ['code'], unique=True, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index('ix_plan_work_published', 'plan_work', ['code', 'version'], unique=False, postgresql_where=PUBLISHED, sqlite_where=PUBLISHED)
    op.create_table('plan_comment',
    sa.Column('id', BIG, nullable=False),
    sa.Column('work_id', BIG, nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('by', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('answer_note_id', BIG, nullable=True),
    sa.Column('answered_by', BIG, nullable=True),
    sa.Column('answered_at', Time(), nullable=True),
    sa.ForeignKeyConstraint(['answer_note_id'], ['note.id'], name=op.f('fk_plan_comment_answer_note_id_note')),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], name=op.f('fk_plan_comment_answered_by_person')),
    sa.ForeignKeyConstraint(['by'], ['person.id'], name=op.f('fk_plan_comment_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_plan_comment_note_id_note')),
    sa.ForeignKeyConstraint(['work_id'], ['plan_work.id'], name=op.f('fk_plan_comment_work_id_plan_work')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_comment'))
    )
    op.create_index(op.f('ix_plan_comment_work_id'), 'plan_comment', ['work_id'], unique=False)
    op.create_table('plan_reader',
    sa.Column('work_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('added_at', Time(), nullable=False),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.Column('read_at', Time(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_plan_reader_person_id_person')),
    sa.ForeignKeyConstraint(['work_id'], ['plan_work.id'], name=op.f('fk_plan_reader_work_id_plan_work')),
    sa.PrimaryKeyConstraint('work_id', 'person_id', name=op.f('pk_plan_reader'))
    )
    op.create_index('ix_plan_reader_person', 'plan_reader', ['person_id', 'work_id'], unique=False)
    op.create_table('plan_expiry',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_plan_expiry_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_expiry')),
    sa.UniqueConstraint('code', 'version', 'expires_on', 'days', 'person_id', name='uq_plan_expiry_once')
    )


def downgrade() -> None:
    for table in ('plan_expiry', 'plan_reader', 'plan_comment', 'plan_work', 'published_plan'):
        op.drop_table(table)
