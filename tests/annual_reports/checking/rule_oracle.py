"""The rules of `rules.csv` read a third time: Python's own `eval` over the expression as written.

It shares nothing with the program but the files: no parser, no nodes, no evaluator.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3] / "schemas" / "data"
GROUPS = (
    "disclosed_full",
    "disclosed_partial",
    "not_disclosed",
    "unable_to_provide",
    "not_processed",
    "other_handling",
)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FIELDS = rows("fields.csv")


def keys(form: str, table: str, name: str) -> list[str]:
    found = [f[name] for f in FIELDS if f["template"] == form and f["table"] == table]
    return list(dict.fromkeys(found))


def placeholder_values(form: str) -> Mapping[str, list[str]]:
    table_two = [f for f in FIELDS if f["template"] == form and f["table"] == "active_disclosure"]
    return {
        "c": keys(form, "requests", "column_key"),
        "r": keys(form, "requests", "row_key"),
        "k": keys(form, "review_litigation", "row_key"),
        "v": keys(form, "review_litigation", "column_key"),
        "d": ["rules", "normative_documents"],
        "x": [f["row_key"] for f in table_two if f["column_key"] == "items_prior_year"],
        "y": [f"{f['row_key']}.{f['column_key']}" for f in table_two if f["dtype"] == "int"],
    }


def places(rule: Mapping[str, str], form: str) -> Iterator[tuple[dict[str, str], str]]:
    """(placeholders, expression with them filled in) of one rule on one form."""
    names = list(dict.fromkeys(re.findall(r"{(\w)}", rule["expression"])))
    values = placeholder_values(form)
    for chosen in itertools.product(*(values[name] for name in names)):
        filling = dict(zip(names, chosen, strict=True))
        yield filling, re.sub(r"{(\w)}", lambda m, f=filling: f[m[1]], rule["expression"])


def set_members(form: str, name: str) -> list[str]:
    if name == "@applicant":
        return [c for c in keys(form, "requests", "column_key") if c != "total"]
    groups = GROUPS if name == "@handled_leaf" else (name.removeprefix("@"),)
    found = [
        f["row_key"]
        for f in FIELDS
        if f["template"] == form and f["table"] == "requests" and f["row_group"] in groups
    ]
    return list(dict.fromkeys(found))


PATH = re.compile(
    r"\b(?:(?:prev|children)\.)?(?:requests|active_disclosure|review_litigation|statistics|"
    r"narrative|structure|report|dataset)(?:\.\w+)+"
)


def holds(expression: str, form: str, values: Mapping[str, Any]) -> bool:
    """Whether a relation holds on a report all of whose operands are known."""
    text = re.sub(r"sum_children_own\(([\w.]+)\)", r"children.\1", expression)
    text = re.sub(r"unique\([^)]*\)", "dataset.is_unique", text)
    text = re.sub(r"same_nonzero_cells\('(\w+)'\)", "copied", text)
    text = re.sub(r"sum\(([\w.@]+)\)", lambda m: _sum(m[1], form), text)
    text = PATH.sub(lambda m: f"value[{m[0]!r}]", text)
    own = [p for p in values if p.startswith("requests.")]
    copied = all(values[p] == values.get(f"prev.{p}") for p in own) and any(values[p] for p in own)
    names = {
        "value": values,
        "copied": copied,
        "date": lambda y, m, d: date(int(y), m, d),
        "year": lambda day: day.year,
        "is_nonnegative_integer": lambda v: v >= 0 and v == int(v),
    }
    return bool(eval(text, {"__builtins__": {}}, names))


def _sum(path: str, form: str) -> str:
    table, row, column = path.split(".")
    chosen_rows = set_members(form, row) if row.startswith("@") else [row]
    columns = set_members(form, column) if column.startswith("@") else [column]
    terms = [f"{table}.{r}.{c}" for r in chosen_rows for c in columns]
    return f"({' + '.join(terms)})"
