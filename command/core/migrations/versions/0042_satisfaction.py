"""surveys after restoration"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text("state = 'open'")
PLANNED = sa.text("state = 'planned'")
TABLES = ('survey', 'survey_answer', 'survey_follow_up')
TIES = (
    ('survey', 'incident_id', 'incident'),
    ('survey_answer', 'survey_id', 'survey'),
    ('survey_answer', 'delivery_id', 'delivery'),
    ('survey_follow_up', 'survey_id', 'survey'),
    ('survey_follow_up', 'answer_id', 'survey_answer'),
)


def upgrade() -> None:
    op.create_table('survey',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=True),
    sa.Column('seed', BIG, nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('started_at', Time(), nullable=True),
    sa.Column('closes_at', Time(), nullable=True),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('ended_by', BIG, nullable=True),
    sa.Column('audience', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'open', 'closed', 'cancelled', 'void')", name=op.f('ck_survey_state')),
    sa.ForeignKeyConstraint(['ended_by'], ['person.id'], name=op.f('fk_survey_ended_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_survey_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey')),
    sa.UniqueConstraint('incident_id', name=op.f('uq_survey_incident_id'))
    )
    op.create_index('ix_survey_planned', 'survey', ['due_at'], unique=False, postgresql_where=PLANNED, sqlite_where=PLANNED)
    op.create_table('survey_answer',
    sa.Column('id', BIG, nullable=False),
    sa.Column('survey_id', BIG, nullable=False),
    sa.Column('subscriber_id', BIG, nullable=False),
    sa.Column('recipient', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('asked_at', Time(), nullable=False),
    sa.Column('answered_at', Time(), nullable=True),
    sa.Column('via', sa.Text(), nullable=True),
    sa.Column('restored', sa.Boolean(), nullable=True),
    sa.Column('satisfaction', sa.SmallInteger(), nullable=True),
    sa.Column('first_response', sa.SmallInteger(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('taken_by', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("via IN ('sms', 'link', 'phone')", name=op.f('ck_survey_answer_via')),
    sa.CheckConstraint('first_response BETWEEN 1 AND 5', name=op.f('ck_survey_answer_first_response')),
    sa.CheckConstraint('satisfaction BETWEEN 1 AND 5', name=op.f('ck_survey_answer_satisfaction')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_survey_answer_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_survey_answer_note_id_note')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_answer_survey_id_survey')),
    sa.ForeignKeyConstraint(['taken_by'], ['person.id'], name=op.f('fk_survey_answer_taken_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_answer')),
    sa.UniqueConstraint('survey_id', 'subscriber_id', name=op.f('uq_survey_answer_survey_id_subscriber_id'))
    )
    op.create_index(op.f('ix_survey_answer_recipient'), 'survey_answer', ['recipient'], unique=False)
    op.create_table('survey_follow_up',
    sa.Column('id', BIG, nullable=False),
    sa.Column('survey_id', BIG, nullable=False),
    sa.Column('answer_id', BIG, nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('case_reference', sa.Text(), nullable=True),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('done_at', Time(), nullable=True),
    sa.Column('done_by', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("result IN ('reached', 'not_reached', 'solved')", name=op.f('ck_survey_follow_up_result')),
    sa.CheckConstraint("state IN ('open','done')", name=op.f('ck_survey_follow_up_state')),
    sa.CheckConstraint("why IN ('not_restored', 'unsatisfied')", name=op.f('ck_survey_follow_up_why')),
    sa.ForeignKeyConstraint(['answer_id'], ['survey_answer.id'], name=op.f('fk_survey_follow_up_answer_id_survey_answer')),
    sa.ForeignKeyConstraint(['done_by'], ['person.id'], name=op.f('fk_survey_follow_up_done_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_survey_follow_up_note_id_note')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_follow_up_survey_id_survey')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_follow_up')),
    sa.UniqueConstraint('answer_id', name=op.f('uq_survey_follow_up_answer_id'))
    )
    op.create_index('ix_survey_follow_up_open', 'survey_follow_up', ['id'], unique=False, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index(op.f('ix_survey_follow_up_survey_id'), 'survey_follow_up', ['survey_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in [*guards.statements(dialect, TABLES, journal=()), *guards.ties(dialect, TIES)]:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('survey_follow_up')
    op.drop_table('survey_answer')
    op.drop_table('survey')
