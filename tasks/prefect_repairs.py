"""What Prefect's server needs to work with the versions that are locked."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

_SETTER = "bulk_dml_setter"


def let_schedules_be_laid_in() -> None:
    """Prefect 3.8 lays scheduled runs in with keys (`state`) that are no columns. SQLAlchemy 2.0 passed
    over them; 2.1 refuses them, and no schedule ever makes a run. Say that they are passed over."""
    from prefect.server.database import orm_models
    from sqlalchemy import inspect
    from sqlalchemy.ext.hybrid import hybrid_property
    from sqlalchemy.orm import Mapper

    for model in (orm_models.FlowRun, orm_models.FlowRunState):
        mapper: Mapper[Any] = inspect(model)
        for described in mapper.all_orm_descriptors.values():
            if isinstance(described, hybrid_property) and _lacks_setter(described):
                setattr(described, _SETTER, _pass_over)


def _lacks_setter(described: Any) -> bool:
    return getattr(described, _SETTER, None) is None


def _pass_over(_: type, __: MutableMapping[str, Any], ___: Any) -> None:
    """Leave the key where it is: only columns are written."""
