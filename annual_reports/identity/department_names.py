"""Names of organs put into one form: short forms written out, former names led to today's."""

from __future__ import annotations

import re

from annual_reports.identity.publishers import Publisher
from schemas.divisions import PROVINCE, TOWN, load_gazetteer
from schemas.organs import (
    central_organs,
    department_full_names,
    department_successors,
    relative_levels,
)

_LONGEST_SUCCESSION = 4
_FORM = re.compile(r"\(.*?\)|[()]")
_BRANCH = re.compile(r"(?:分局|支局|派出所|大队|支队|分院|分公司)$")
_COMMITTEE = re.compile(r"(?:管理委员会|管委会)(?:办公室)?$")


def full_department_name(organ: str) -> str:
    """The folded name without place, brackets and a leading 市 or 县, its short form written out."""
    name = _FORM.sub("", organ)
    for level in relative_levels():
        if level.head.match(name) and len(name) > len(level.prefix) + 1:
            name = name.removeprefix(level.prefix)
            break
    return department_full_names().get(name, name)


def lasting_name(organ: str) -> str:
    """What the organ is called today, for its identifier: renamed organs keep it.

    The name of the superior ministry before a local organ's own (国家税务总局…税务局) and the
    form of a zone's committee are left out.
    """
    name = full_department_name(_COMMITTEE.sub("", _FORM.sub("", organ)))
    superior = next(
        (o.name for o in central_organs() if o.leads_local_organs and name.startswith(o.name)), ""
    )
    if len(name) > len(superior):
        name = name.removeprefix(superior)
    name = department_full_names().get(name, name)
    for _ in range(_LONGEST_SUCCESSION):
        successor = department_successors().get(name)
        if successor is None:
            break
        name = successor
    return name.replace("和", "").replace("与", "")


def full_publisher_name(
    publisher: Publisher, organ_type: str | None, unit: int, holder: int | None
) -> str:
    """The publisher's name in full: division and what holds it (as of the report's year), organ.

    Names that put their parts in another order (branches, agencies led from above, zones) stay
    as they are printed, in today's characters.
    """
    gazetteer = load_gazetteer()
    division = gazetteer.units[unit]
    above = "" if holder is None else gazetteer.units[holder].name
    match organ_type:
        case "government":
            return f"{division.name}人民政府"
        case "government_office":
            return f"{division.name}人民政府办公{'厅' if division.level == PROVINCE else '室'}"
        case "township_government" if division.level == TOWN:
            return f"{above}{division.name}人民政府"
        case "subdistrict_office" if division.level == TOWN:
            return f"{above}{division.name}办事处"
        case "department" if not _BRANCH.search(publisher.organ):
            return division.name + full_department_name(publisher.organ)
        case _:
            return _FORM.sub("", publisher.folded)
