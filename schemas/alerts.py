"""What an operator is told of without looking: the alerts, their thresholds and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One row of `alerts.csv`. It is raised when what it measures goes beyond `threshold` (in `unit`)."""

    alert: str
    threshold: float
    unit: str
    zh_label: str
    en_label: str
    zh_remedy: str
    en_remedy: str


@cache
def alert_kinds() -> dict[str, AlertKind]:
    """Every alert by name, in file order."""
    return {
        row["alert"]: AlertKind(**(row | {"threshold": float(row["threshold"])}))  # type: ignore[arg-type]
        for row in read_data_rows("alerts.csv")
    }
