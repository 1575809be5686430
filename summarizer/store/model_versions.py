"""Model versions that have served."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from summarizer.store.tables import ModelVersion


def register(session: Session, model_version: str, *, directory: str) -> None:
    """Make the version known, so that summaries can name it; a known one stays as it is."""
    session.execute(insert(ModelVersion).values(id=model_version, directory=directory).on_conflict_do_nothing())
