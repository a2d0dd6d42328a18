"""Organs that lie in no province: those of the State Council, and the 兵团 outside its cities."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from annual_reports.identity.department_names import full_department_name
from annual_reports.identity.publisher_ids import name_hash
from annual_reports.identity.publishers import Publisher
from annual_reports.model import Identity, IdentityEvidence

_CERTAIN = 60.0


class _Partition(NamedTuple):
    key: str
    code: str
    name: str
    kind: str


_CENTRAL = _Partition("CN", "00", "中央", "central_organ")
_XPCC = _Partition("CN-XPCC", "66", "新疆生产建设兵团", "xpcc")


def identify_national(identity: Identity, publisher: Publisher) -> Identity:
    """Complete the identity of a publisher whose own name settles that it belongs to no province."""
    partition = _XPCC if publisher.is_xpcc else _CENTRAL
    head = partition.code.ljust(6, "0")
    return replace(
        identity,
        province=partition.key,
        province_code=partition.code,
        province_name=partition.name,
        level=_xpcc_level(publisher.folded) if publisher.is_xpcc else "national",
        publisher_name=full_department_name(publisher.folded),
        publisher_id=f"{head}-{publisher.organ_type}-{name_hash(publisher.folded.split('(')[0])}",
        confidence="high" if publisher.source == "title" else "medium",
        evidence=(IdentityEvidence(partition.kind, publisher.printed, head, _CERTAIN),),
    )


def _xpcc_level(name: str) -> str:
    """A 师 ranks with a prefecture, a 团 with a township, the 兵团 itself with a province."""
    if re.search(r"团(?:场|镇)?$", name.removesuffix("兵团")):
        return "township"
    return "prefecture" if re.search(r"第.{1,3}师", name) else "province"
