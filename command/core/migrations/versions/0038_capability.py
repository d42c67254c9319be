"""assessments of emergency capability, their ratings and the files of third parties"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('capability_file',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_capability_file'))
    )
    op.create_table('capability_assessment',
    sa.Column('id', BIG, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sort', sa.Text(), nullable=False),
    sa.Column('assessor', sa.Text(), nullable=False),
    sa.Column('agreement_id', BIG, nullable=True),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('standard', Json(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('domains', Json(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('made_by', BIG, nullable=False),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('ended_by', BIG, nullable=True),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.CheckConstraint("sort = 'self' OR agreement_id IS NOT NULL", name=op.f('ck_capability_assessment_confidential')),
    sa.CheckConstraint("sort IN ('self', 'third_party')", name=op.f('ck_capability_assessment_sort')),
    sa.CheckConstraint("state IN ('draft', 'finished', 'dropped')", name=op.f('ck_capability_assessment_state')),
    sa.CheckConstraint('first_on <= last_on', name=op.f('ck_capability_assessment_days')),
    sa.CheckConstraint('score BETWEEN 0 AND 1000', name=op.f('ck_capability_assessment_score')),
    sa.ForeignKeyConstraint(['agreement_id'], ['confidentiality.id'], name=op.f('fk_capability_assessment_agreement_id_confidentiality')),
    sa.ForeignKeyConstraint(['ended_by'], ['person.id'], name=op.f('fk_capability_assessment_ended_by_person')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_capability_assessment_made_by_person')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_capability_assessment_reason_note_id_note')),
    sa.ForeignKeyConstraint(['sha256'], ['capability_file.sha256'], name=op.f('fk_capability_assessment_sha256_capability_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_capability_assessment'))
    )
    op.create_table('capability_rating',
    sa.Column('id', BIG, nullable=False),
    sa.Column('assessment_id', BIG, nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('applies', sa.Boolean(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('links', Json(), nullable=False),
    sa.Column('figures', Json(), nullable=False),
    sa.Column('action_id', BIG, nullable=True),
    sa.Column('rated_by', BIG, nullable=True),
    sa.Column('rated_at', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('applies OR level IS NULL', name=op.f('ck_capability_rating_applies')),
    sa.CheckConstraint('level BETWEEN 0 AND 4', name=op.f('ck_capability_rating_level')),
    sa.ForeignKeyConstraint(['action_id'], ['improvement_action.id'], name=op.f('fk_capability_rating_action_id_improvement_action')),
    sa.ForeignKeyConstraint(['assessment_id'], ['capability_assessment.id'], name=op.f('fk_capability_rating_assessment_id_capability_assessment')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_capability_rating_note_id_note')),
    sa.ForeignKeyConstraint(['rated_by'], ['person.id'], name=op.f('fk_capability_rating_rated_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_capability_rating')),
    sa.UniqueConstraint('assessment_id', 'item', name=op.f('uq_capability_rating_assessment_id_item'))
    )


def downgrade() -> None:
    op.drop_table('capability_rating')
    op.drop_table('capability_assessment')
    op.drop_table('capability_file')
