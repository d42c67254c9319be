"""solved problems"""

import sqlalchemy as sa
from alembic import op

import command.core.columns

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('solved_problem',
    sa.Column('id', _id(), nullable=False),
    sa.Column('incident_id', _id(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('fault_class', sa.Text(), nullable=True),
    sa.Column('area_id', _id(), nullable=True),
    sa.Column('element_kinds', command.core.columns.Json(), nullable=False),
    sa.Column('alarm_kinds', command.core.columns.Json(), nullable=False),
    sa.Column('services', command.core.columns.Json(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kept_at', command.core.columns.Time(timezone=True), nullable=False),
    sa.Column('changed_at', command.core.columns.Time(timezone=True), nullable=False),
    sa.Column('offered', sa.Integer(), nullable=False),
    sa.Column('helped', sa.Integer(), nullable=False),
    sa.Column('unfit', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_solved_problem_area_id_area')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_solved_problem_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_solved_problem')),
    sa.UniqueConstraint('incident_id', name=op.f('uq_solved_problem_incident_id'))
    )
    op.create_index('ix_solved_problem_state_id', 'solved_problem', ['state', 'id'], unique=False)
    op.create_table('solved_version',
    sa.Column('problem_id', _id(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', command.core.columns.Time(timezone=True), nullable=False),
    sa.Column('by', _id(), nullable=True),
    *(sa.Column(f'{name}_{language}', sa.Text(), nullable=False) for name in ('title', 'symptoms', 'cause', 'solution') for language in ('zh', 'en')),
    sa.Column('tags', command.core.columns.Json(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['person.id'], name=op.f('fk_solved_version_by_person')),
    sa.ForeignKeyConstraint(['problem_id'], ['solved_problem.id'], name=op.f('fk_solved_version_problem_id_solved_problem')),
    sa.PrimaryKeyConstraint('problem_id', 'version', name=op.f('pk_solved_version'))
    )
    op.create_table('solved_term',
    sa.Column('problem_id', _id(), nullable=False),
    sa.Column('term', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['problem_id'], ['solved_problem.id'], name=op.f('fk_solved_term_problem_id_solved_problem')),
    sa.PrimaryKeyConstraint('problem_id', 'term', name=op.f('pk_solved_term'))
    )
    op.create_index(op.f('ix_solved_term_term'), 'solved_term', ['term'], unique=False)
    op.create_table('solved_feedback',
    sa.Column('id', _id(), nullable=False),
    sa.Column('problem_id', _id(), nullable=False),
    sa.Column('incident_id', _id(), nullable=False),
    sa.Column('person_id', _id(), nullable=False),
    sa.Column('helped', sa.Boolean(), nullable=False),
    sa.Column('at', command.core.columns.Time(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_solved_feedback_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_solved_feedback_person_id_person')),
    sa.ForeignKeyConstraint(['problem_id'], ['solved_problem.id'], name=op.f('fk_solved_feedback_problem_id_solved_problem')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_solved_feedback')),
    sa.UniqueConstraint('problem_id', 'incident_id', 'person_id', name=op.f('uq_solved_feedback_problem_id_incident_id_person_id'))
    )
    op.create_index(op.f('ix_solved_feedback_incident_id'), 'solved_feedback', ['incident_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_solved_feedback_incident_id'), table_name='solved_feedback')
    op.drop_table('solved_feedback')
    op.drop_index(op.f('ix_solved_term_term'), table_name='solved_term')
    op.drop_table('solved_term')
    op.drop_table('solved_version')
    op.drop_index('ix_solved_problem_state_id', table_name='solved_problem')
    op.drop_table('solved_problem')
