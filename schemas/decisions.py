"""What people decided about whose report a document is: the records of `corrections/*.yml`.

Pure: text in, typed values out. Each record says which documents it touches (`guard`), what was
decided, by whom, when and why.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from schemas.decision_records import (
    CellDecision,
    Judgement,
    RecordId,
    Sha256,
    Signed,
    Strict,
    Withdrawal,
)
from schemas.sources import BoundedYear, DivisionCode, SourceError, first_mistake
from schemas.tables import vocabulary

_HOST = re.compile(r"^https?://[^/]*[a-z0-9-]{2,}\.[a-z0-9-]")


class DecisionError(SourceError):
    """Raised when a file of decisions is not as it should be; names file, line and remedy."""


class Guard(Strict):
    """The documents a decision touches: one by the hash of its bytes, or all at addresses like `url`.

    `url` may hold `*` for any characters. With both, both must hold.
    """

    sha256: Sha256 | None = None
    url: str | None = Field(default=None, min_length=8)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.sha256 is None and self.url is None:
            raise ValueError("give `sha256` (the document) or `url` (its address, * allowed)")
        if self.url is not None and not _HOST.search(self.url):
            raise ValueError("this `url` matches every address: name the host at least")
        return self

    def holds(self, sha256: str, url: str | None) -> bool:
        """Whether the decision touches a document."""
        if self.sha256 is not None and self.sha256 != sha256:
            return False
        return self.url is None or (url is not None and fnmatchcase(url, self.url))


class SeenIdentity(Strict):
    """What the reader made of a document before anybody decided; what is not told is not compared."""

    publisher: str | None = None
    publisher_id: str | None = None
    year: BoundedYear | None = None
    scope: Literal["own", "consolidated", "unknown"] | None = None

    @property
    def told(self) -> dict[str, str | int | None]:
        """What is compared, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class IdentityDecision(Signed):
    """Whose report it is. `printed` limits the decision to pages that call their publisher so (an alias).

    `expect`: where the reader now says something else without the decision, it is not carried out
    and the run fails until someone decides again or withdraws it.
    """

    id: RecordId | None = None
    supersedes: RecordId | None = None
    guard: Guard
    expect: SeenIdentity | None = None
    printed: str | None = None
    publisher: str | None = Field(default=None, min_length=2)
    region_code: DivisionCode | None = None
    year: BoundedYear | None = None
    scope: Literal["own", "consolidated"] | None = None
    organ_type: str | None = None

    @model_validator(mode="after")
    def _decides_something(self) -> Self:
        if not any((self.publisher, self.region_code, self.year, self.scope, self.organ_type)):
            raise ValueError("decide `publisher`, `region_code`, `year`, `scope` or `organ_type`")
        if self.organ_type is not None and self.organ_type not in vocabulary("organ_types"):
            raise ValueError(f"{self.organ_type} is none of {', '.join(vocabulary('organ_types'))}")
        return self


class DecisionFile(Strict):
    """The records of one file."""

    identity: tuple[IdentityDecision, ...] = ()
    cells: tuple[CellDecision, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    withdrawn: tuple[Withdrawal, ...] = ()


def parse_decision_file(text: str, file_name: str) -> DecisionFile:
    """The records of one file. Raises DecisionError naming the file and the line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file_name}:{mark.line + 1}" if mark else file_name
        raise DecisionError(f"{place}: 不是有效的 YAML not valid YAML: {error}") from error
    if not isinstance(content, dict):
        keys = "、".join(DecisionFile.model_fields)
        raise DecisionError(f"{file_name}:1: 应有键 expected one of the keys {keys}")
    try:
        return DecisionFile.model_validate(content)
    except ValidationError as error:
        raise DecisionError(first_mistake(error, root, file_name)) from error
