"""the archive: the index over the notes of cases, and saved filters"""

import sqlalchemy as sa
from alembic import op

import command.core.columns

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
FORGET = "DELETE FROM archive_note WHERE note_id = NEW.id"
ERASED = "NEW.body IS NULL OR NEW.erased_at IS NOT NULL"


def upgrade() -> None:
    op.create_table('archive_note',
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_archive_note_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_archive_note_note_id_note'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('note_id', name=op.f('pk_archive_note'))
    )
    op.create_index(op.f('ix_archive_note_incident_id'), 'archive_note', ['incident_id'], unique=False)
    op.create_table('archive_gram',
    sa.Column('gram', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['archive_note.note_id'], name=op.f('fk_archive_gram_note_id_archive_note'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('gram', 'note_id', name=op.f('pk_archive_gram')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_archive_gram_note_id'), 'archive_gram', ['note_id'], unique=False)
    op.create_table('saved_filter',
    sa.Column('id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=True),
    sa.Column('standard', sa.Boolean(), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_filter_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
    sa.UniqueConstraint('person_id', 'name', name=op.f('uq_saved_filter_person_id_name'))
    )
    op.create_index(op.f('ix_saved_filter_department'), 'saved_filter', ['department'], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f"CREATE TRIGGER forget_note AFTER UPDATE ON note WHEN {ERASED} BEGIN {FORGET}; END")
    else:
        op.execute(f"CREATE FUNCTION tocsin_forget_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {FORGET}; RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER forget_note AFTER UPDATE ON note FOR EACH ROW WHEN ({ERASED}) EXECUTE FUNCTION tocsin_forget_note()")


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute("DROP TRIGGER forget_note")
    else:
        op.execute("DROP TRIGGER forget_note ON note")
        op.execute("DROP FUNCTION tocsin_forget_note()")
    op.drop_index(op.f('ix_saved_filter_department'), table_name='saved_filter')
    op.drop_table('saved_filter')
    op.drop_index(op.f('ix_archive_gram_note_id'), table_name='archive_gram')
    op.drop_table('archive_gram')
    op.drop_index(op.f('ix_archive_note_incident_id'), table_name='archive_note')
    op.drop_table('archive_note')
