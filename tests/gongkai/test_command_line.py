"""What a person types, and what they read when it cannot be done: one sentence, never a traceback."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.errors import told_in_one_sentence
from tests.conftest import ROOT, Gongkai, gongkai_environment
from tests.tasks.misbehaving_site import misbehaving_site

GOLDEN = ROOT / "tests" / "golden"
REPORT = GOLDEN / "word_table_gb18030.html"
KEYS = {
    "document",
    "title",
    "identity",
    "templates",
    "cells",
    "sections",
    "claims",
    "findings",
    "status",
}


def objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The single line on standard error."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_a_report_becomes_one_object(gongkai: Gongkai) -> None:
    done = gongkai("extract", "--json", str(REPORT))
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = objects(done)
    assert set(found) >= KEYS
    assert found["document"]["charset"] == "gb18030"  # type: ignore[index]
    assert "quarantine" not in found


def test_standard_input_is_read_with_the_address_given() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gongkai", "extract", "-", "--json", "--url", "http://a.gov.cn/1"],
        input=REPORT.read_bytes(),
        env=gongkai_environment(),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["document"]["url"] == "http://a.gov.cn/1"


def test_a_folder_gives_one_object_per_document(gongkai: Gongkai, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        shutil.copy(REPORT, tmp_path / name)
    (tmp_path / "notes.json").write_text("{}")
    done = gongkai("extract", "--json", str(tmp_path))
    assert [one["document"]["name"] for one in objects(done)] == ["a.html", "b.html"]  # type: ignore[index]


def test_a_person_sees_numbers_blanks_and_findings(gongkai: Gongkai) -> None:
    done = gongkai("extract", str(GOLDEN / "totals_only_form_of_2019.html"))
    assert done.returncode == 0
    for words in ("机关 publisher", "空", "表" if "表" in done.stdout else "三、", "核对 findings"):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"%PDF-1.7\n", "cut_off"), (b"<p>hello</p>", "not_a_report")],
)
def test_a_refused_document_has_the_same_keys_and_says_why(
    gongkai: Gongkai, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "refused.html"
    path.write_bytes(content)
    done = gongkai("extract", "--json", str(path))
    (found,) = objects(done)
    assert done.returncode == 1
    assert set(found) == KEYS | {"quarantine"}
    assert set(found["identity"]) == set(reference_identity(gongkai))  # type: ignore[call-overload]
    assert found["quarantine"]["reason"] == reason  # type: ignore[index]
    assert (found["status"], found["cells"]) == ("needs_review", [])
    assert [finding["class"] for finding in found["findings"]] == ["extraction"]  # type: ignore[attr-defined]
    assert "refused.html" in sentence(done)


def reference_identity(gongkai: Gongkai) -> dict[str, object]:
    identity = objects(gongkai("extract", "--json", str(REPORT)))[0]["identity"]
    assert isinstance(identity, dict)
    return identity


@pytest.mark.parametrize("command", ["extract", "ingest"])
def test_a_missing_path_is_told_at_once(gongkai: Gongkai, tmp_path: Path, command: str) -> None:
    done = gongkai(command, str(tmp_path / "nowhere"), GONGKAI_LAKE=str(tmp_path / "lake"))
    assert done.returncode == 1
    assert "no such file or folder" in sentence(done)


def test_an_empty_folder_is_told(gongkai: Gongkai, tmp_path: Path) -> None:
    done = gongkai("extract", str(tmp_path))
    assert done.returncode == 1
    assert "no documents" in sentence(done)


def test_a_path_that_is_neither_file_nor_folder_is_told(gongkai: Gongkai) -> None:
    assert "not a regular file" in sentence(gongkai("extract", "/dev/null"))


def test_the_other_documents_are_read_when_one_path_is_wrong(gongkai: Gongkai) -> None:
    done = gongkai("extract", "--json", "/nowhere/at/all", str(REPORT))
    assert done.returncode == 1
    assert len(objects(done)) == 1


def test_a_page_is_fetched_and_read(gongkai: Gongkai) -> None:
    with misbehaving_site() as site:
        missing = gongkai("extract", "--json", "--local", site.url("/gone"))
        refused = gongkai("extract", "--json", site.url("/page/1"))
        page = gongkai("extract", "--json", "--local", site.url("/page/1"))
    assert objects(missing)[0]["findings"][0]["class"] == "fetch"  # type: ignore[index]
    assert "404" in sentence(missing)
    assert "private address" in sentence(refused)
    assert objects(page)[0]["document"]["url"] == site.url("/page/1")  # type: ignore[index]


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["extract"],
        ["extract", "--no-such-option", "x"],
        ["extract", "--url", "http://a/", str(REPORT), str(REPORT)],
        ["serve", "--port", "70000"],
        ["findings", "--year", "last"],
    ],
)
def test_wrong_usage_ends_with_2(gongkai: Gongkai, arguments: list[str]) -> None:
    done = gongkai(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "view", [["status"], ["coverage"], ["findings"], ["explain", "r", "a.b.c"]]
)
def test_a_lake_with_nothing_in_it_says_what_to_do(
    gongkai: Gongkai, tmp_path: Path, view: list[str]
) -> None:
    done = gongkai(*view, "--lake", str(tmp_path / "lake"))
    assert done.returncode == 1
    sentence(done)
    assert not (tmp_path / "lake").exists()


def test_an_object_store_that_does_not_answer_is_named(
    gongkai: Gongkai, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "not-to-be-printed")
    monkeypatch.setenv("GONGKAI_S3_ENDPOINT", "http://127.0.0.1:9")
    done = gongkai("status", "--lake", "s3://bucket/lake")
    assert (done.returncode, "s3://bucket/lake" in sentence(done)) == (1, True)
    assert "not-to-be-printed" not in done.stdout + done.stderr


def test_a_lake_that_is_a_file_is_refused(gongkai: Gongkai, tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("")
    assert "is a file" in sentence(gongkai("status", "--lake", str(tmp_path / "lake")))


def test_a_mistake_in_a_source_file_is_told_before_anything_starts(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    (tmp_path / "a.yml").write_text("source: a\n", encoding="utf-8")
    done = gongkai("run", "nightly", "--sources", str(tmp_path), "--lake", str(tmp_path / "lake"))
    assert (done.returncode, "a.yml:1:" in sentence(done)) == (1, True)


def test_a_server_that_is_named_and_does_not_answer_is_told(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    done = gongkai(
        "run",
        "publish",
        GONGKAI_LAKE=str(tmp_path / "lake"),
        PREFECT_API_URL="http://127.0.0.1:9/api",
        PREFECT_HOME=str(tmp_path / "home"),
    )
    assert (done.returncode, "PREFECT_API_URL" in sentence(done)) == (1, True)


@pytest.mark.parametrize(
    "command", [[], ["extract"], ["ingest"], ["run"], ["run", "sample"], ["explain"]]
)
def test_help_teaches(gongkai: Gongkai, command: list[str]) -> None:
    done = gongkai(*command, "--help")
    assert done.returncode == 0
    assert any("一" <= character <= "鿿" for character in done.stdout)


def test_reading_a_report_imports_no_prefect() -> None:
    code = (
        "import sys; from gongkai.extract_command import print_documents\n"
        f"print_documents([{str(REPORT)!r}], None, True, False)\n"
        "assert 'prefect' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code], env=gongkai_environment(), check=True, capture_output=True
    )


def test_ctrl_c_pressed_again_is_no_error_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    again = BaseExceptionGroup("", [KeyboardInterrupt()])
    with pytest.raises(SystemExit) as ended, told_in_one_sentence():
        raise again
    assert ended.value.code == 130
    assert capsys.readouterr().err == "gongkai: 已中断 interrupted\n"
    mixed = BaseExceptionGroup("", [KeyboardInterrupt(), ValueError("a mistake")])
    with pytest.raises(BaseExceptionGroup), told_in_one_sentence():
        raise mixed


def test_a_run_the_disk_refuses_says_so_without_a_traceback(
    gongkai: Gongkai, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    (lake / "raw").touch()  # where a folder has to be
    done = gongkai("ingest", str(REPORT), "--lake", str(lake))
    assert (done.returncode, done.stderr) == (1, "")
    assert "NotADirectoryError" in done.stdout
    assert "Traceback" not in done.stdout
