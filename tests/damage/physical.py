"""The three tables as they are drawn: rows of cells with spans."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.fields import table_form

from .truths import Key, Truth


@dataclass(frozen=True)
class Drawn:
    """One drawn cell; `key` for value cells, `label_of` names the form row a leaf label stands for."""

    text: str
    columns: int = 1
    rows: int = 1
    key: Key | None = None
    label_of: str | None = None

    def saying(self, text: str) -> Drawn:
        return replace(self, text=text)


Row = tuple[Drawn, ...]
Table = tuple[Row, ...]

_ARTICLES = {
    "article20_item1": "第二十条第（一）项",
    "article20_item5": "第二十条第（五）项",
    "article20_item6": "第二十条第（六）项",
    "article20_item8": "第二十条第（八）项",
    "article20_item9": "第二十条第（九）项",
}
_RELATION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def drawn_tables(truth: Truth) -> tuple[Table, Table, Table]:
    """Tables two, three and four."""
    return _active(truth), _requests(truth), _review(truth)


def _value(truth: Truth, key: Key, columns: int = 1) -> Drawn:
    return Drawn(truth.text(key), columns=columns, key=key)


def _active(truth: Truth) -> Table:
    drawn: list[Row] = []
    group = header = None
    for fields in table_form(truth.active_form, "active_disclosure").rows:
        width = 3 // len(fields) if len(fields) != 2 else 1
        labels = tuple(one.column_label for one in fields)
        if fields[0].row_group != group:
            group, header = fields[0].row_group, None
            drawn.append((Drawn(_ARTICLES[group], columns=4),))
        if labels != header:
            header = labels
            drawn.append(
                (
                    Drawn("信息内容"),
                    *(_wide(text, i, fields, width) for i, text in enumerate(labels)),
                )
            )
        leaf = fields[0].row_label.rsplit("/", 1)[-1]
        values = [
            replace(
                _value(truth, (one.table, one.row_key, one.column_key)),
                columns=_width(i, fields, width),
            )
            for i, one in enumerate(fields)
        ]
        drawn.append((Drawn(leaf, label_of=fields[0].row_key), *values))
    return tuple(drawn)


def _width(index: int, fields: tuple, width: int) -> int:  # type: ignore[type-arg]
    return 2 if len(fields) == 2 and index == 1 else width


def _wide(text: str, index: int, fields: tuple, width: int) -> Drawn:  # type: ignore[type-arg]
    return Drawn(text, columns=_width(index, fields, width))


def _requests(truth: Truth) -> Table:
    form = table_form(truth.requests_form, "requests")
    paths = [fields[0].row_label.split("/") for fields in form.rows]
    drawn: list[Row] = [
        (Drawn(_RELATION, columns=3, rows=3), Drawn("申请人情况", columns=7)),
        (Drawn("自然人", rows=2), Drawn("法人或其他组织", columns=5), Drawn("总计", rows=2)),
        tuple(
            Drawn(text) for text in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
        ),
    ]
    seen: set[tuple[str, ...]] = set()
    for path, fields in zip(paths, form.rows, strict=True):
        labels: list[Drawn] = []
        for depth, text in enumerate(path):
            head = tuple(path[: depth + 1])
            if head in seen:
                continue
            seen.add(head)
            last = depth == len(path) - 1
            rows = 1 if last else sum(tuple(other[: depth + 1]) == head for other in paths)
            columns = 3 - depth if last else 1
            labels.append(Drawn(text, columns, rows, label_of=fields[0].row_key if last else None))
        values = [_value(truth, (one.table, one.row_key, one.column_key)) for one in fields]
        drawn.append((*labels, *values))
    return tuple(drawn)


def _review(truth: Truth) -> Table:
    rows = table_form("t2021", "review_litigation").rows
    first = (Drawn("行政复议", columns=5), Drawn("行政诉讼", columns=10))
    second = (
        *(Drawn(text, rows=2) for text in _RESULTS),
        Drawn("未经复议直接起诉", columns=5),
        Drawn("复议后起诉", columns=5),
    )
    third = tuple(Drawn(text) for text in _RESULTS * 2)
    values = tuple(
        _value(truth, (o.table, o.row_key, o.column_key)) for fields in rows for o in fields
    )
    return (first, second, third, values)
