"""The source files an operator keeps, found by listing; a copy of each used one lies in the lake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.parameters import Province, province_key
from schemas.sources import Source, SourceError, parse_source
from tasks.atomic_files import write_if_changed
from tasks.lake_paths import PROJECT_ROOT, LakePaths


def read_sources(place: str) -> list[Source]:
    """The sources of a folder of YAML files, or of one file; relative to the project.

    Raises SourceError naming file and line. A folder without files gives an empty list.
    """
    path = PROJECT_ROOT / place
    if path.is_file():
        files = [path]
    elif path.is_dir():
        files = sorted([*path.glob("*.yml"), *path.glob("*.yaml")])
    else:
        raise SourceError(f"{path}: 没有这个文件或文件夹 no such source file or folder")
    sources = [parse_source(file.read_text(encoding="utf-8"), str(file)) for file in files]
    names = [source.source for source in sources]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise SourceError(f"{path}: 来源重名 two files name the same source: {', '.join(repeated)}")
    return sources


def read_each_source(place: str) -> Iterator[Source | SourceError]:
    """Every file of a folder, or the mistake that keeps it from being read."""
    for file in sorted((PROJECT_ROOT / place).glob("*.y*ml")):
        try:
            yield parse_source(file.read_text(encoding="utf-8"), str(file))
        except SourceError as error:
            yield error


def chosen_sources(sources: Sequence[Source], provinces: Sequence[Province]) -> list[Source]:
    """The sources with the publishers of these provinces only; all of them when none is named."""
    if not provinces:
        return list(sources)
    keys = {province_key(province) for province in provinces}
    restricted = [source.restricted_to(keys) for source in sources]
    return [source for source in restricted if source is not None]


def keep_sources(lake: LakePaths, sources: list[Source]) -> None:
    """Keep what each source said beside its raw bytes: coverage needs the reports expected."""
    for source in sources:
        content = source.model_dump_json(indent=1, exclude_defaults=True).encode()
        write_if_changed(lake.root / "raw" / "sources" / f"{source.source}.json", content)


def kept_sources(lake: LakePaths) -> list[Source]:
    """The sources this lake was filled from, as they last were."""
    folder = lake.root / "raw" / "sources"
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [Source.model_validate_json(file.read_bytes()) for file in files]
