"""Base class of this service's own tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db.columns import ANNOTATIONS, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = ANNOTATIONS
