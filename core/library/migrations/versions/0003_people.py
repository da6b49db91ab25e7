"""Consent that ends, the cover a user chose, and what is wrong with a reference."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("subjects", sa.Column("consent_until", sa.DateTime(), nullable=True))
    op.add_column("subjects", sa.Column("consent_note", sa.String(), nullable=False, server_default=""))
    op.add_column("subjects", sa.Column("cover_face", sa.Integer(), nullable=True))
    op.add_column("subjects", sa.Column("cover_crop", sa.String(length=64), nullable=True))
    op.add_column("subject_references", sa.Column("hints", sa.String(), nullable=True))
