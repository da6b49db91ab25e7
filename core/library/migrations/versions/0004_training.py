"""Whether a person's pictures may be used to train: agreed to by itself, and by nobody until asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("subjects") as subjects:
        subjects.add_column(sa.Column("training", sa.String(), nullable=False, server_default="unknown"))
        subjects.add_column(sa.Column("training_at", sa.DateTime(), nullable=True))
        subjects.add_column(sa.Column("training_until", sa.DateTime(), nullable=True))
        # Said again: a table that is built anew would get its reflected form, in parentheses.
        subjects.alter_column("consent_note", server_default="")
        subjects.create_check_constraint(
            op.f("ck_subjects_training"), "training IN ('unknown', 'granted', 'withdrawn')"
        )
