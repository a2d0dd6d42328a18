"""The records a person's decision becomes: a cell's value, the judgement of a finding, a withdrawal.

Each is signed (who, when, why) and says in `expect` what stood there when it was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.fields import all_fields
from schemas.parameters import FIRST_YEAR, LAST_YEAR, province_names
from schemas.tables import vocabulary

_SMALLEST = Decimal("0.00000001")
_LARGEST = Decimal(10) ** 16
_NO_FORM = "any"
REOPENED = "reopened"
"""How a judgement stands once the values it was made on have changed."""


def _exact(value: object) -> object:
    """A number of YAML as an exact decimal: 52.15 is what was typed, not its binary neighbour."""
    if isinstance(value, bool):
        raise ValueError("a number or null, not true or false")
    return Decimal(repr(value)) if isinstance(value, float) else value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
RecordId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{5,59}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Signed(Strict):
    """Who decided, when and why; `flow_run` is the run that took the decision, where one did."""

    decided_by: str = Field(min_length=1)
    decided_on: date
    reason: str = Field(min_length=4)
    flow_run: str | None = None


class DocumentPart(Strict):
    """The bytes a decision is about, and which report in them (empty: the whole document)."""

    sha256: Sha256
    part: str = ""


class SeenCell(Strict):
    """A cell as it stood when it was decided."""

    value: Exact | None
    status: str
    raw: str | None

    @model_validator(mode="after")
    def _known_status(self) -> Self:
        if self.status not in vocabulary("cell_statuses"):
            raise ValueError(f"{self.status} is none of {', '.join(vocabulary('cell_statuses'))}")
        return self


class CellDecision(Signed):
    """The value of one cell, or null: nothing can be taken from it. `report` is for the reader."""

    id: RecordId
    report: str | None = None
    guard: DocumentPart
    cell: str
    expect: SeenCell
    value: Exact | None
    supersedes: RecordId | None = None

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        """sha256, part, table, row key, column key: what two decisions must not share."""
        table, row_key, column_key = self.cell.split(".")
        return (self.guard.sha256, self.guard.part, table, row_key, column_key)

    @model_validator(mode="after")
    def _fits_the_form(self) -> Self:
        if self.cell not in _cell_types():
            raise ValueError(f"no form has the cell {self.cell}")
        if self.value is not None and (mistake := unfit_value(self.cell, self.value)):
            raise ValueError(mistake)
        return self


class SeenSides(Strict):
    """Both sides of a relation when it was judged; null where the finding has none."""

    left: Exact | None = None
    right: Exact | None = None


class Judgement(Signed):
    """What a finding is: the publisher's error, ours, or nothing to act on.

    `finding` is its fingerprint; report, rule and place name the spot at which it is reopened.
    """

    id: RecordId
    finding: str = Field(pattern=r"^[0-9a-f]{8,64}$")
    report: str = Field(min_length=1)
    province: str
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    rule: str = Field(min_length=1)
    place: str
    expect: SeenSides
    verdict: str
    supersedes: RecordId | None = None

    @property
    def spot(self) -> tuple[str, str, str]:
        """Report, rule and place."""
        return (self.report, self.rule, self.place)

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        if self.verdict not in verdicts():
            raise ValueError(f"{self.verdict} is none of {', '.join(verdicts())}")
        if self.province not in province_names():
            raise ValueError(f"{self.province} is no province key (CN-SX, CN-BJ, CN …)")
        return self


class Withdrawal(Signed):
    """A record that no longer counts. The record itself stays in its file, as history."""

    record: RecordId


def verdicts() -> tuple[str, ...]:
    """What a person may find a finding to be."""
    return tuple(word for word in vocabulary("finding_judgements") if word != REOPENED)


def unfit_value(cell: str, value: Decimal) -> str | None:
    """Why a number cannot stand in a cell (Chinese and English), None if it can."""
    dtype = _cell_types()[cell]
    if abs(value) >= _LARGEST or value != value.quantize(_SMALLEST):
        return f"{value}：最多 16 位整数、8 位小数 at most 16 digits and 8 decimals"
    if dtype != "decimal" and value != value.to_integral_value():
        return f"{value}：此格须为整数 this cell takes a whole number"
    if dtype != "signed_int" and value < 0:
        return f"{value}：此格不可为负 this cell takes no negative number"
    return None


@cache
def _cell_types() -> Mapping[str, str]:
    """Path of every cell of the forms → its dtype."""
    return {
        f"{field.table}.{field.row_key}.{field.column_key}": field.dtype
        for field in all_fields()
        if field.template != _NO_FORM
    }
