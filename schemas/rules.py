"""The relations of `rules.csv` as values: one parse, from which every evaluator is built.

An expression is Python boolean syntax over `table.row_key.column_key`. Here it becomes a small tree
of the nodes below, one per place it applies to (a column, a row, a cell or the whole report), with
the placeholders and sets filled in from `fields.csv`. How `rule_evaluation.csv` refines a rule:

* `each_side`: the sides of the outer `and` are separate instances (a known side is judged alone);
* `applies_when`: reports for which this is not true are not judged;
* `unknown_is_zero_when`: where this holds, operands that are not known count as zero;
* `left`, `right`: what a finding shows, where the first failing comparison would mislead.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from schemas.fields import Field, all_fields, read_data_rows

FORM_TABLES = ("requests", "active_disclosure", "review_litigation", "statistics")
"""Tables that choose their own form, in the order in which they decide for a rule over several."""

REPORT = "report"
"""The governing table of a rule that reads none of FORM_TABLES."""

APPLICANT = "@applicant"
HANDLED_LEAF = "@handled_leaf"
HANDLED_GROUPS = frozenset(
    {
        "disclosed_full",
        "disclosed_partial",
        "not_disclosed",
        "unable_to_provide",
        "not_processed",
        "other_handling",
    }
)
_STRUCTURE_TABLES = {
    "requests_rows": "requests",
    "requests_columns": "requests",
    "review_litigation_values": "review_litigation",
    "active_disclosure_rows": "active_disclosure",
}
_CELL_KINDS = {
    "int": "number",
    "signed_int": "number",
    "decimal": "number",
    "bool": "flag",
    "date": "date",
    "text": "text",
}
_PREFIX_LABELS = {"prev": "上年", "children": "下级合计"}


class RuleError(ValueError):
    """Raised when a rule of `rules.csv` cannot be parsed; names the rule and what is wrong."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One value by its path: `requests.new_received.total`, `prev.…`, `narrative.…`, `report.…`."""

    path: str


@dataclass(frozen=True, slots=True)
class Literal:
    value: int | bool | str


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`operator` is + - or *."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is == != < <= > or >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class IsNone:
    """True where the operand is not known; the operand need not be known."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class IsNotTrue:
    """True where the operand is false or not known; the operand need not be known."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Every:
    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    condition: Node


@dataclass(frozen=True, slots=True)
class Call:
    """`function` is is_nonnegative_integer (number), year (date) or date (year, month, day)."""

    function: str
    arguments: tuple[Node, ...]


Node = (
    Operand
    | Literal
    | Sum
    | Arithmetic
    | Comparison
    | IsNone
    | IsNotTrue
    | Every
    | Some
    | Not
    | Call
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of `rules.csv` with its refinements. `scope` is what it is evaluated for."""

    rule_id: str
    templates: tuple[str, ...]
    scope: str
    expression: str
    severity: str
    note: str
    finding_class: str
    each_side: bool
    applies_when: str
    unknown_is_zero_when: str
    left: str
    right: str
    zh_label: str
    en_label: str


@dataclass(frozen=True, slots=True)
class RuleInstance:
    """A rule at one place of one form.

    `scope` names the place (`requests.natural_person`), `governing_table` the table whose form
    decides whether the instance applies (REPORT: any). `required` are the operands that must be
    known, `exempt` those met only in `is None` and `is not True` tests. `shown` are the pairs
    (comparison, left, right) of which the first failing one is reported; an empty one means that
    no two numbers tell the story.
    """

    rule: Rule
    template: str
    governing_table: str
    scope: str
    condition: Node
    required: tuple[str, ...]
    exempt: tuple[str, ...]
    applies_when: Node | None
    unknown_is_zero_when: Node | None
    shown: tuple[tuple[Node, Node, Node], ...]

    @property
    def needs_other_reports(self) -> bool:
        """Whether last year's report or other publishers' reports are among the operands."""
        return any(
            path.startswith(("prev.", "children.", "dataset."))
            for path in (*self.required, *self.exempt)
        )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of `rules.csv`. Raises RuleError for one without a refinement."""
    refinements = {row["rule_id"]: row for row in read_data_rows("rule_evaluation.csv")}
    rows = read_data_rows("rules.csv")
    return tuple(_rule(row, refinements.get(row["rule_id"])) for row in rows)


def _rule(row: Mapping[str, str], refinement: Mapping[str, str] | None) -> Rule:
    if refinement is None:
        raise RuleError(f"{row['rule_id']}: rule_evaluation.csv has no line for it")
    return Rule(
        rule_id=row["rule_id"],
        templates=tuple(row["template"].split("|")),
        scope=row["scope"],
        expression=row["expression"],
        severity=row["severity"],
        note=row["note"],
        finding_class=refinement["finding_class"],
        each_side=refinement["each_side"] == "yes",
        applies_when=refinement["applies_when"],
        unknown_is_zero_when=refinement["unknown_is_zero_when"],
        left=refinement["left"],
        right=refinement["right"],
        zh_label=refinement["zh_label"],
        en_label=refinement["en_label"],
    )


@cache
def rule_instances(template: str) -> tuple[RuleInstance, ...]:
    """Every instance of every rule of one form. Raises RuleError where a rule cannot be read."""
    return tuple(
        instance
        for rule in rules()
        if template in rule.templates
        for instance in instances_of(rule, template)
    )


def instances_of(rule: Rule, template: str) -> Iterator[RuleInstance]:
    """One rule at every place it applies to, in the order of the form."""
    names = list(dict.fromkeys(re.findall(r"{(\w)}", rule.expression)))
    values = _placeholder_values(template)
    unknown = [name for name in names if name not in values]
    if unknown:
        raise RuleError(f"{rule.rule_id}: unknown placeholder {unknown}")
    for chosen in itertools.product(*(values[name] for name in names)):
        filling = dict(zip(names, chosen, strict=True))
        condition = _parse(rule, rule.expression, filling, template)
        sides = condition.conditions if rule.each_side and isinstance(condition, Every) else ()
        for side in sides or (condition,):
            yield _instance(rule, template, side, filling)


def _instance(
    rule: Rule, template: str, condition: Node, filling: Mapping[str, str]
) -> RuleInstance:
    def optional(expression: str) -> Node | None:
        return _parse(rule, expression, filling, template) if expression else None

    required, exempt = _operands(condition)
    left, right = optional(rule.left), optional(rule.right)
    if left is not None and right is not None:
        shown: tuple[tuple[Node, Node, Node], ...] = ((condition, left, right),)
    else:
        shown = tuple((c, c.left, c.right) for c in _numeric_comparisons(condition))
    return RuleInstance(
        rule=rule,
        template=template,
        governing_table=_governing_table(required + exempt),
        scope=_place(rule, (*required, *exempt), filling),
        condition=condition,
        required=required,
        exempt=exempt,
        applies_when=optional(rule.applies_when),
        unknown_is_zero_when=optional(rule.unknown_is_zero_when),
        shown=shown,
    )


@cache
def _placeholder_values(template: str) -> Mapping[str, tuple[str, ...]]:
    of_form = [field for field in all_fields() if field.template == template]

    def rows(table: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.row_key for f in of_form if f.table == table))

    def columns(table: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.column_key for f in of_form if f.table == table))

    table_two = [field for field in of_form if field.table == "active_disclosure"]
    return {
        "c": columns("requests"),
        "r": rows("requests"),
        "k": rows("review_litigation"),
        "v": columns("review_litigation"),
        "d": tuple(row for row in rows("active_disclosure") if row in _DOCUMENT_ROWS),
        "x": tuple(
            dict.fromkeys(f.row_key for f in table_two if f.column_key == "items_prior_year")
        ),
        "y": tuple(f"{f.row_key}.{f.column_key}" for f in table_two if f.dtype == "int"),
    }


_DOCUMENT_ROWS = ("rules", "normative_documents")


@cache
def row_set(template: str, name: str) -> tuple[str, ...]:
    """The rows of table three that a set name (`@handled_leaf`, `@not_disclosed`) stands for."""
    groups = HANDLED_GROUPS if name == HANDLED_LEAF else {name.removeprefix("@")}
    return tuple(
        dict.fromkeys(
            field.row_key
            for field in all_fields()
            if field.template == template
            and field.table == "requests"
            and field.row_group in groups
        )
    )


@cache
def applicant_columns() -> tuple[str, ...]:
    """The six applicant columns of table three before the total."""
    return tuple(column for column in _placeholder_values("t2021")["c"] if column != "total")


def expression_node(expression: str, template: str) -> Node | None:
    """An expression without placeholders, for other tables of measures than `rules.csv`.

    None where the form has not the cells it names. Raises RuleError where it cannot be read.
    """
    cells = {
        f"{f.table}.{f.row_key}.{f.column_key}" for f in all_fields() if f.template == template
    }
    if any(not row_set(template, name) for name in re.findall(r"@\w+", expression)):
        return None
    node = _parsed(expression, expression, template)
    named = {bare_path(path) for path in operands_in(node)}
    of_forms = {path for path in named if path.split(".", 1)[0] in FORM_TABLES}
    return node if cells.issuperset(of_forms) else None


_SET_NAME = re.compile(r"@(\w+)")


def _parse(rule: Rule, expression: str, filling: Mapping[str, str], template: str) -> Node:
    text = re.sub(r"{(\w)}", lambda match: filling[match[1]], expression)
    return _parsed(rule.rule_id, text, template)


def _parsed(name: str, expression: str, template: str) -> Node:
    # "@" cannot start a Python name; "set_of_" can, and no row is called so.
    text = _SET_NAME.sub(r"set_of_\1", expression)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise RuleError(f"{name}: {error.msg}: {text}") from error
    return _Reader(name, template).read(tree)


class _Reader:
    """Turns the Python syntax tree of one expression into nodes; refuses what it does not know."""

    _operators: Mapping[type, str] = {
        ast.Add: "+",
        ast.Sub: "-",
        ast.Mult: "*",
        ast.Eq: "==",
        ast.NotEq: "!=",
        ast.Lt: "<",
        ast.LtE: "<=",
        ast.Gt: ">",
        ast.GtE: ">=",
    }

    def __init__(self, rule_id: str, template: str) -> None:
        self.rule_id = rule_id
        self.template = template

    def read(self, tree: ast.expr) -> Node:
        """The node of a tree. Raises RuleError for anything a rule may not say."""
        match tree:
            case ast.Constant(value=value) if isinstance(value, (int, str)):
                return Literal(value)
            case ast.Attribute():
                return Operand(self._path(tree))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._comparison(left, operator, right)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self._call(function, arguments)
            case _:
                return self._combination(tree)

    def _combination(self, tree: ast.expr) -> Node:
        match tree:
            case ast.BinOp(left=left, op=operator, right=right):
                return Arithmetic(self._operator(operator), self.read(left), self.read(right))
            case ast.BoolOp(op=operator, values=values):
                conditions = tuple(self.read(value) for value in values)
                return Every(conditions) if isinstance(operator, ast.And) else Some(conditions)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.read(operand))
            case _:
                raise RuleError(f"{self.rule_id}: not understood: {ast.unparse(tree)}")

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        if not isinstance(operator, (ast.Is, ast.IsNot)):
            return Comparison(self._operator(operator), self.read(left), self.read(right))
        operand = Operand(self._path(left))
        match operator, right:
            case ast.Is(), ast.Constant(value=None):
                return IsNone(operand)
            case ast.IsNot(), ast.Constant(value=True):
                return IsNotTrue(operand)
            case _:
                raise RuleError(f"{self.rule_id}: only `is None` and `is not True` are known")

    def _operator(self, operator: ast.AST) -> str:
        sign = self._operators.get(type(operator))
        if sign is None:
            raise RuleError(f"{self.rule_id}: unknown operator {type(operator).__name__}")
        return sign

    def _path(self, tree: ast.expr) -> str:
        if isinstance(tree, ast.Attribute):
            return f"{self._path(tree.value)}.{tree.attr}"
        if isinstance(tree, ast.Name):
            return tree.id
        raise RuleError(f"{self.rule_id}: not a name: {ast.unparse(tree)}")

    def _call(self, function: str, arguments: list[ast.expr]) -> Node:
        match function, arguments:
            case "sum", [argument]:
                return Sum(tuple(Operand(path) for path in self._members(self._path(argument))))
            case ("is_nonnegative_integer" | "year", [_]) | ("date", [_, _, _]):
                return Call(function, tuple(self.read(argument) for argument in arguments))
            case "same_nonzero_cells", [ast.Constant(value=str(table))]:
                return _same_as_last_year(self.template, table)
            case "sum_children_own", [argument]:
                return Operand(f"children.{self._path(argument)}")
            case "unique", [_, *_]:
                return Comparison("==", Operand("dataset.is_unique"), Literal(True))
            case _:
                raise RuleError(f"{self.rule_id}: unknown function {function}({len(arguments)})")

    def _members(self, path: str) -> tuple[str, ...]:
        table, row, column = path.split(".")
        rows = self._set(row) if row.startswith("set_of_") else (row,)
        columns = self._set(column) if column.startswith("set_of_") else (column,)
        return tuple(f"{table}.{r}.{c}" for r in rows for c in columns)

    def _set(self, name: str) -> tuple[str, ...]:
        marked = name.replace("set_of_", "@", 1)
        members = applicant_columns() if marked == APPLICANT else row_set(self.template, marked)
        if not members:
            raise RuleError(f"{self.rule_id}: {marked} is empty in {self.template}")
        return members


def _same_as_last_year(template: str, table: str) -> Node:
    """Every cell equals last year's and not every cell is zero."""
    paths = [
        f"{field.table}.{field.row_key}.{field.column_key}"
        for field in all_fields()
        if field.template == template and field.table == table
    ]
    equal = tuple(Comparison("==", Operand(p), Operand(f"prev.{p}")) for p in paths)
    some = Some(tuple(Comparison("!=", Operand(p), Literal(0)) for p in paths))
    return Every((*equal, some))


def _operands(condition: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, exempt) paths in reading order; a tested path is exempt wherever it stands."""
    found: dict[str, None] = {}
    exempt: dict[str, None] = {}
    for node in walk(condition):
        if isinstance(node, (IsNone, IsNotTrue)):
            exempt[node.operand.path] = None
        elif isinstance(node, Operand):
            found[node.path] = None
    return tuple(path for path in found if path not in exempt), tuple(exempt)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, outermost first; the operand of a test counts as part of it."""
    yield node
    children: tuple[Node, ...] = ()
    match node:
        case Sum(terms=terms):
            children = terms
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            children = (left, right)
        case Every(conditions=conditions) | Some(conditions=conditions):
            children = conditions
        case Not(condition=condition):
            children = (condition,)
        case Call(arguments=arguments):
            children = arguments
    for child in children:
        yield from walk(child)


def _numeric_comparisons(condition: Node) -> Iterator[Comparison]:
    """The comparisons of two numbers that decide the condition, in reading order."""
    match condition:
        case Comparison(left=left, right=right) if kind_of(left) == kind_of(right) == "number":
            yield condition
        case Every(conditions=conditions) | Some(conditions=conditions):
            for inner in conditions:
                yield from _numeric_comparisons(inner)


def kind_of(node: Node) -> str:
    """What a node's value is: number, date, flag or text."""
    match node:
        case Sum() | Arithmetic():
            return "number"
        case Literal(value=value):
            return (
                "flag"
                if isinstance(value, bool)
                else "number"
                if isinstance(value, int)
                else "text"
            )
        case Operand(path=path):
            return operand_kind(path)
        case Call(function=function):
            return {"year": "number", "date": "date"}.get(function, "flag")
        case _:
            return "flag"


def operand_kind(path: str) -> str:
    """What the value of a path is: number, date, flag or text."""
    return _operands_by_path()[bare_path(path)].kind


def operand_label(path: str) -> str:
    """The Chinese name of a path, as printed on the form where it is a cell."""
    named = _operands_by_path()[bare_path(path)].zh_label
    prefix = path.split(".", 1)[0]
    return _PREFIX_LABELS.get(prefix, "") + named


def bare_path(path: str) -> str:
    """The path without `prev.` (last year's report) or `children.` (sum over the reports below)."""
    return path.removeprefix("prev.").removeprefix("children.")


@dataclass(frozen=True, slots=True)
class _OperandName:
    kind: str
    zh_label: str


@cache
def _operands_by_path() -> Mapping[str, _OperandName]:
    """Every path a rule may name. Where two forms print one cell differently the later form names it."""
    named = {
        row["path"]: _OperandName(row["kind"], row["zh_label"])
        for row in read_data_rows("rule_operands.csv")
    }
    for field in all_fields():
        path = f"{field.table}.{field.row_key}.{field.column_key}"
        named.setdefault(path, _OperandName(_CELL_KINDS[field.dtype], _cell_label(field)))
    return named


def _cell_label(field: Field) -> str:
    row = field.row_label.rsplit("/", 1)[-1]
    if field.table in ("narrative", "statistics", "narrative_statistics"):
        return row
    return f"{row}[{field.column_label.rsplit('/', 1)[-1]}]"


def table_label(name: str) -> str:
    """The Chinese name of the table or part of a report that a path begins with."""
    return _table_labels()[name]


@cache
def _table_labels() -> Mapping[str, str]:
    return {row["name"]: row["zh_label"] for row in read_data_rows("tables_of_report.csv")}


def operands_in(node: Node) -> tuple[str, ...]:
    """The paths below a node, each once, in reading order."""
    return tuple(dict.fromkeys(n.path for n in walk(node) if isinstance(n, Operand)))


def _governing_table(paths: tuple[str, ...]) -> str:
    tables = {_form_table(path) for path in paths if not path.startswith("prev.")}
    return next((table for table in FORM_TABLES if table in tables), REPORT)


def _form_table(path: str) -> str:
    table, _, rest = path.removeprefix("children.").partition(".")
    return _STRUCTURE_TABLES.get(rest, table) if table == "structure" else table


def _place(rule: Rule, paths: tuple[str, ...], filling: Mapping[str, str]) -> str:
    """`requests.natural_person` for a column, `requests.carried_in` for a row, and so on."""
    own = next((path for path in paths if not path.startswith("prev.")), paths[0])
    parts = own.removeprefix("children.").split(".")
    if filling:
        return ".".join((parts[0], *filling.values()))
    return own if rule.scope == "cell" else ".".join(parts[:2])
