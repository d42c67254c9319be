"""what those paged do about it, their notes and their photos"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OF_PAGE = (
    ('response', sa.Text()),
    ('response_at', command.core.columns.Time()),
    ('eta_minutes', sa.Integer()),
    ('note_id', ID),
    ('help_at', command.core.columns.Time()),
    ('help_by', ID),
)
NEW_TABLES = ['field_note', 'photo']


def upgrade() -> None:
    # Added in place, not by a rebuilt table: that would lose the trigger which guards `exercise`.
    op.add_column('escalation', sa.Column('over_at', command.core.columns.Time(), nullable=True))
    for name, kind in OF_PAGE:
        op.add_column('page', sa.Column(name, kind, nullable=True))
    op.execute("UPDATE escalation SET over_at = ended_at WHERE state = 'stopped'")
    op.execute("UPDATE page SET response = 'acknowledged', response_at = answered_at WHERE state = 'acknowledged'")
    op.create_table('field_note',
    sa.Column('id', ID, nullable=False),
    sa.Column('incident_id', ID, nullable=False),
    sa.Column('page_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('note_id', ID, nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('added_at', command.core.columns.Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_field_note_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_field_note_note_id_note')),
    sa.ForeignKeyConstraint(['page_id'], ['page.id'], name=op.f('fk_field_note_page_id_page')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_field_note_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_field_note')),
    sa.UniqueConstraint('page_id', 'key', name=op.f('uq_field_note_page_id_key'))
    )
    op.create_index(op.f('ix_field_note_incident_id'), 'field_note', ['incident_id'], unique=False)
    op.create_table('photo',
    sa.Column('id', ID, nullable=False),
    sa.Column('incident_id', ID, nullable=False),
    sa.Column('page_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('note_id', ID, nullable=True),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('added_at', command.core.columns.Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_photo_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_photo_note_id_note')),
    sa.ForeignKeyConstraint(['page_id'], ['page.id'], name=op.f('fk_photo_page_id_page')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_photo_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo')),
    sa.UniqueConstraint('page_id', 'sha256', name=op.f('uq_photo_page_id_sha256'))
    )
    op.create_index(op.f('ix_photo_incident_id'), 'photo', ['incident_id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, NEW_TABLES, journal=()):
        op.execute(statement)


def downgrade() -> None:
    for name in reversed(NEW_TABLES):
        op.drop_table(name)
    for name, _ in reversed(OF_PAGE):
        op.drop_column('page', name)
    op.drop_column('escalation', 'over_at')
