"""evaluation reports of incidents"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('evaluation_report',)
TIES = (('evaluation_report', 'incident_id', 'incident'),)


def upgrade() -> None:
    op.create_table('evaluation_report',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('contributing', sa.Text(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('begun_by', BIG, nullable=False),
    sa.Column('begun_at', Time(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('submitted_by', BIG, nullable=True),
    sa.Column('submitted_at', Time(), nullable=True),
    sa.Column('signed_at', Time(), nullable=True),
    sa.Column('published_by', BIG, nullable=True),
    sa.Column('published_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'for_signature', 'signed')", name=op.f('ck_evaluation_report_state')),
    sa.CheckConstraint('NOT exercise', name=op.f('ck_evaluation_report_real')),
    sa.ForeignKeyConstraint(['begun_by'], ['person.id'], name=op.f('fk_evaluation_report_begun_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_evaluation_report_incident_id_incident')),
    sa.ForeignKeyConstraint(['published_by'], ['person.id'], name=op.f('fk_evaluation_report_published_by_person')),
    sa.ForeignKeyConstraint(['submitted_by'], ['person.id'], name=op.f('fk_evaluation_report_submitted_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_report')),
    sa.UniqueConstraint('incident_id', name=op.f('uq_evaluation_report_incident_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_evaluation_report_public_id'))
    )
    op.create_index('ix_evaluation_report_published_at', 'evaluation_report', ['published_at'], unique=False)
    op.create_table('evaluation_text',
    sa.Column('id', BIG, nullable=False),
    sa.Column('report_id', BIG, nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_evaluation_text_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_evaluation_text_person_id_person')),
    sa.ForeignKeyConstraint(['report_id'], ['evaluation_report.id'], name=op.f('fk_evaluation_text_report_id_evaluation_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_text')),
    sa.UniqueConstraint('report_id', 'part', 'version', name=op.f('uq_evaluation_text_report_id_part_version'))
    )
    op.create_table('evaluation_signature',
    sa.Column('id', BIG, nullable=False),
    sa.Column('report_id', BIG, nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('post', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_evaluation_signature_person_id_person')),
    sa.ForeignKeyConstraint(['report_id'], ['evaluation_report.id'], name=op.f('fk_evaluation_signature_report_id_evaluation_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_signature')),
    sa.UniqueConstraint('report_id', 'round', 'person_id', name=op.f('uq_evaluation_signature_report_id_round_person_id')),
    sa.UniqueConstraint('report_id', 'round', 'post', name=op.f('uq_evaluation_signature_report_id_round_post'))
    )
    op.create_table('evaluation_proposal',
    sa.Column('id', BIG, nullable=False),
    sa.Column('report_id', BIG, nullable=False),
    sa.Column('action_id', BIG, nullable=False),
    sa.Column('playbook', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('zh', sa.Text(), nullable=False),
    sa.Column('en', sa.Text(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('work_id', BIG, nullable=True),
    sa.Column('taken_at', Time(), nullable=True),
    sa.Column('waits', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['improvement_action.id'], name=op.f('fk_evaluation_proposal_action_id_improvement_action')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_evaluation_proposal_person_id_person')),
    sa.ForeignKeyConstraint(['report_id'], ['evaluation_report.id'], name=op.f('fk_evaluation_proposal_report_id_evaluation_report')),
    sa.ForeignKeyConstraint(['work_id'], ['plan_work.id'], name=op.f('fk_evaluation_proposal_work_id_plan_work')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_proposal'))
    )
    op.create_index(op.f('ix_evaluation_proposal_report_id'), 'evaluation_proposal', ['report_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in [*guards.statements(dialect, TABLES, journal=()), *guards.ties(dialect, TIES)]:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('evaluation_proposal')
    op.drop_table('evaluation_signature')
    op.drop_table('evaluation_text')
    op.drop_table('evaluation_report')
