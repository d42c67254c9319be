"""evaluation of drills: ratings, what the trainer settled, remarks, signatures"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('drill_evaluation', 'drill_rating', 'drill_remark', 'drill_settlement')


def upgrade() -> None:
    op.create_table('drill_evaluation',
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_evaluation_drill_id_drill')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_drill_evaluation_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_drill_evaluation_person_id_person')),
    sa.PrimaryKeyConstraint('drill_id', name=op.f('pk_drill_evaluation'))
    )
    op.create_table('drill_rating',
    sa.Column('id', BIG, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('objective', sa.Text(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('rating', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("rating IN ('P', 'S', 'M', 'U')", name=op.f('ck_drill_rating_rating')),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_rating_drill_id_drill')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_drill_rating_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_drill_rating_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_rating')),
    sa.UniqueConstraint('drill_id', 'objective', 'person_id', name=op.f('uq_drill_rating_drill_id_objective_person_id'))
    )
    op.create_table('drill_remark',
    sa.Column('id', BIG, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('remarked', sa.Text(), nullable=False),
    sa.Column('objective', sa.Text(), nullable=True),
    sa.Column('inject', sa.Integer(), nullable=True),
    sa.Column('second', sa.Double(), nullable=True),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("remarked IN ('seen', 'well', 'badly', 'decision')", name=op.f('ck_drill_remark_remarked')),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_remark_drill_id_drill')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_drill_remark_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_drill_remark_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_remark')),
    sa.UniqueConstraint('drill_id', 'key', name=op.f('uq_drill_remark_drill_id_key'))
    )
    op.create_index('ix_drill_remark_at', 'drill_remark', ['drill_id', 'at'], unique=False)

    op.create_table('drill_settlement',
    sa.Column('id', BIG, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('objective', sa.Text(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('rating', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("rating IN ('P', 'S', 'M', 'U')", name=op.f('ck_drill_settlement_rating')),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_settlement_drill_id_drill')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_drill_settlement_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_drill_settlement_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_settlement')),
    sa.UniqueConstraint('drill_id', 'objective', name=op.f('uq_drill_settlement_drill_id_objective'))
    )
    for statement in guards.statements(op.get_bind().dialect.name, TABLES, ()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('drill_settlement')
    op.drop_table('drill_remark')
    op.drop_table('drill_rating')
    op.drop_table('drill_evaluation')
