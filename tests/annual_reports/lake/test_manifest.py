"""Planning what must be published, and the manifest that says what was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annual_reports.lake.manifest import (
    MOST_DOCUMENTS_AT_ONCE,
    MOST_PARTITIONS_AT_ONCE,
    Manifest,
    ManifestUnreadable,
    PartitionKey,
    manifest_text,
    parse_manifest,
    partition_batches,
    partition_input_hash,
    partition_path,
    partitioned_tables,
    partitions_to_build,
    published_file,
    with_years_before,
)

SHANXI = PartitionKey("CN-SX", 2024)
GUIZHOU = PartitionKey("CN-GZ", 2023)


def manifest_of(*made: tuple[PartitionKey, str]) -> Manifest:
    files = [
        published_file(partition_path(name, key), name, 1, name.encode(), input_hash)
        for key, input_hash in made
        for name in partitioned_tables()
    ]
    return Manifest("c1", tuple(files))


def test_nothing_published_means_everything_is_built() -> None:
    assert partitions_to_build({SHANXI: "a", GUIZHOU: "b"}, None) == (GUIZHOU, SHANXI)


def test_only_a_partition_made_from_other_inputs_is_built_again() -> None:
    manifest = manifest_of((SHANXI, "a"), (GUIZHOU, "b"))
    assert partitions_to_build({SHANXI: "a", GUIZHOU: "b"}, manifest) == ()
    assert partitions_to_build({SHANXI: "z", GUIZHOU: "b"}, manifest) == (SHANXI,)


def test_a_partition_of_which_one_file_is_absent_is_built_again() -> None:
    manifest = manifest_of((SHANXI, "a"))
    cut = replace(manifest, files=manifest.files[1:])
    assert partitions_to_build({SHANXI: "a"}, cut) == (SHANXI,)


def test_the_input_hash_changes_with_inputs_code_and_names_but_not_with_their_order() -> None:
    first = partition_input_hash({"x": "1", "y": "2"}, "c1")
    assert first == partition_input_hash({"y": "2", "x": "1"}, "c1")
    others = [
        partition_input_hash({"x": "1", "y": "3"}, "c1"),
        partition_input_hash({"x": "2", "y": "1"}, "c1"),
        partition_input_hash({"x": "1", "y": "2"}, "c2"),
    ]
    assert len({first, *others}) == 4


def test_the_manifest_is_the_same_text_in_any_order_and_comes_back() -> None:
    manifest = manifest_of((SHANXI, "a"), (GUIZHOU, "b"))
    backwards = replace(manifest, files=tuple(reversed(manifest.files)))
    assert manifest_text(manifest) == manifest_text(backwards)
    again = parse_manifest(manifest_text(manifest))
    assert sorted(again.files) == sorted(manifest.files)
    assert (again.code_version, again.schema_version) == ("c1", manifest.schema_version)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": 3}', '{"code_version": "1"}'])
def test_what_is_no_manifest_is_said_so(text: str) -> None:
    with pytest.raises(ManifestUnreadable):
        parse_manifest(text)


def test_batches_hold_every_partition_once_and_no_more_than_they_may() -> None:
    due = [PartitionKey(f"P{n:02d}", year) for n in range(40) for year in (2023, 2024)]
    held = {key: 90 if key.year == 2024 else 40 for key in with_years_before(due)}
    batches = list(partition_batches(reversed(due), held))
    assert [key for batch in batches for key in batch] == sorted(due)
    assert all(len(batch) <= MOST_PARTITIONS_AT_ONCE for batch in batches)
    for batch in batches:
        together = sum(held[key] for key in with_years_before(batch))
        assert together <= MOST_DOCUMENTS_AT_ONCE


def test_a_partition_larger_than_a_batch_stands_alone() -> None:
    held = {SHANXI: MOST_DOCUMENTS_AT_ONCE + 1, SHANXI.year_before: 0}
    held |= {GUIZHOU: 1, GUIZHOU.year_before: 1}
    assert list(partition_batches([SHANXI, GUIZHOU], held)) == [(GUIZHOU,), (SHANXI,)]


def test_nothing_due_is_no_batch() -> None:
    assert list(partition_batches([], {})) == []
