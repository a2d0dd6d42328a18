"""Stable identifiers of publishers: the division of today, the kind of organ, and where needed its name."""

from __future__ import annotations

import hashlib
import re

from annual_reports.identity.places import Place
from annual_reports.identity.voices import Voice
from schemas.divisions import load_gazetteer
from schemas.organs import department_full_names, relative_levels

_NAMED_BY_PLACE = frozenset(("government", "government_office"))
_WITHOUT_MEANING = re.compile(r"\(.*?\)|(?:管理委员会|管委会)(?:办公室)?$|[()]")


def publisher_id(place: Place, voice: Voice) -> str | None:
    """140225204-township_government, 411203-department-1a2b3c4d; None without a place or publisher."""
    if place.lowest is None or voice.publisher is None:
        return None
    code = load_gazetteer().units[place.lowest].code
    base = f"{code}-{voice.organ_type}"
    if place.town is not None or voice.organ_type in _NAMED_BY_PLACE:
        return base
    return f"{base}-{name_hash(voice.publisher.organ)}"


def name_hash(organ: str) -> str:
    """Eight hex digits of the organ's name without place and form, short forms written out."""
    name = _WITHOUT_MEANING.sub("", organ)
    for prefix in relative_levels():
        if prefix.head.match(name) and len(name) > len(prefix.prefix) + 1:
            name = name.removeprefix(prefix.prefix)
            break
    name = department_full_names().get(name, name).replace("和", "").replace("与", "")
    return hashlib.sha256(name.encode()).hexdigest()[:8]
