"""What a source file says: where a publisher's reports are found. Pure: text in, typed values out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urljoin, urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from schemas.parameters import FIRST_YEAR, LAST_YEAR, province_names

BoundedYear = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
DivisionCode = Annotated[str, Field(pattern=r"^\d{6}(\d{3})?(\d{3})?$")]
_WEB = frozenset({"http", "https"})
Level = Literal["national", "province", "prefecture", "county", "township"]


class SourceError(ValueError):
    """Raised when a source file is not as it should be; the message names file, line and remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublisherSource(_Strict):
    """One publisher: the index page that lists its reports, or the reports already known by year.

    `years` are the first and the last year a report is expected of. `aliases` are other names it
    prints on its reports. `verified` is the day on which a run last had a report or its index page
    from here; null until then.
    """

    publisher: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    index: str | None = None
    reports: dict[BoundedYear, str] = {}
    years: tuple[BoundedYear, BoundedYear] | None = None
    level: Level | None = None
    province: str = "ZZ"
    county_code: DivisionCode | None = None
    verified: date | None = None

    @field_validator("province")
    @classmethod
    def _known_province(cls, province: str) -> str:
        if province not in province_names():
            raise ValueError(f"{province} is no province key (CN-SX, CN-BJ, CN …)")
        return province

    @model_validator(mode="after")
    def _reachable(self) -> PublisherSource:
        if self.index is None and not self.reports:
            raise ValueError("give `index` (the page that lists the reports) or `reports`")
        if self.years and self.years[0] > self.years[1]:
            raise ValueError("`years` are the first and the last year, in this order")
        return self

    def expected_years(self) -> tuple[int, ...]:
        """The years a report is expected of: the range given, or the years of known reports."""
        if self.years is None:
            return tuple(sorted(self.reports))
        return tuple(range(self.years[0], self.years[1] + 1))


class Source(_Strict):
    """One file of `sources/`. `local` lets a test or sample source live on a loopback address.

    Addresses are relative to `base_url`; a file of several hosts has none, and full addresses.
    """

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: str = Field(min_length=1)
    base_url: str | None = None
    local: bool = False
    publishers: tuple[PublisherSource, ...] = Field(min_length=1)

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, base_url: str | None) -> str | None:
        parts = urlsplit(base_url or "http://none")
        if parts.scheme not in _WEB or not parts.hostname:
            raise ValueError("base_url must start with http:// or https:// and name a host")
        return base_url

    @model_validator(mode="after")
    def _full_addresses(self) -> Source:
        for publisher in self.publishers:
            for address in (publisher.index, *publisher.reports.values()):
                parts = urlsplit(address or "http://none")
                if self.base_url is None and not (parts.scheme in _WEB and parts.hostname):
                    raise ValueError(f"without base_url, {address} must be a full http(s) address")
        return self

    def restricted_to(self, provinces: Collection[str]) -> Source | None:
        """This source with only the publishers of these province keys; null when none is left."""
        kept = tuple(one for one in self.publishers if one.province in provinces)
        return self.model_copy(update={"publishers": kept}) if kept else None

    def absolute(self, address: str) -> str:
        """An address of this file as a full URL."""
        return (
            address if self.base_url is None else urljoin(f"{self.base_url.rstrip('/')}/", address)
        )


def parse_source(text: str, file_name: str) -> Source:
    """A source from its YAML. Raises SourceError naming the file and the line of the mistake."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file_name}:{mark.line + 1}" if mark else file_name
        problem = getattr(error, "problem", None) or str(error)
        raise SourceError(f"{place}: 不是有效的 YAML not valid YAML: {problem}") from error
    if not isinstance(content, dict):
        raise SourceError(
            f"{file_name}:1: 应为键值表 expected keys such as source, name, base_url, publishers"
        )
    try:
        return Source.model_validate(content)
    except ValidationError as error:
        raise SourceError(first_mistake(error, root, file_name)) from error


def first_mistake(error: ValidationError, root: yaml.Node | None, file_name: str) -> str:
    """The first thing wrong with a file of ours: name, line, key and what to do."""
    mistake = error.errors(include_url=False)[0]
    line = _line_of(root, mistake["loc"])
    key = ".".join(str(step) for step in mistake["loc"]) or "source"
    return f"{file_name}:{line}: {key}: {mistake['msg']}"


def _line_of(node: yaml.Node | None, location: Sequence[str | int]) -> int:
    """The line (from 1) of the deepest node of `location` that the file really has."""
    line = 1 if node is None else node.start_mark.line + 1
    for step in location:
        child = _child(node, step)
        if child is None:
            break
        node, line = child, child.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None
