"""The rules applied to one document: every relation that needs no other report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from annual_reports.checking.evaluation import (
    FAIL,
    NOT_ASSESSABLE,
    PASS,
    AlikeInstances,
    CompiledInstance,
    Judgement,
    compile_instance,
    instances_alike,
)
from annual_reports.checking.locate import Proposal, crossing_instances, fitting_value
from annual_reports.checking.messages import (
    failure_pattern,
    gap_pattern,
    number_text,
    proposal_text,
)
from annual_reports.checking.operands import document_values, governing_forms
from annual_reports.model import Cell, CellStatus, Claim, Finding, FindingClass, Identity
from schemas.rules import FORM_TABLES, Rule, operand_label, rule_instances, rules

_Judged = Sequence[tuple[CompiledInstance, Judgement]]


def check_extraction(
    cells: Sequence[Cell],
    claims: Sequence[Claim],
    templates: Mapping[str, str | None],
    structure: Mapping[str, int],
    identity: Identity,
) -> tuple[Finding, ...]:
    """Findings of the rules on one document: every failure, and per rule one summary of its gaps.

    `templates`: table → form, None where the table was not found. `structure`: requests_rows,
    requests_columns, review_litigation_values, active_disclosure_rows and sections_found; a count
    that was not taken is left out. Rules that need last year's or other publishers' reports are
    evaluated on partitions only. The findings stand in the order of `rules.csv`.
    """
    forms = tuple(sorted(governing_forms(templates, identity.year).items()))
    known = _known(forms, document_values(cells, claims, templates, structure, identity))
    unreadable = _tables_not_fully_read(cells, templates)
    findings: list[Finding] = []
    broken: dict[str, list[CompiledInstance]] = {}
    for group in _instances_by_rule(forms):
        if group.alike and all(alike.all_pass(known) for alike in group.alike):
            continue
        doubtful = _not_passed(group.instances, known)
        if doubtful:
            findings += _failures(group.rule, doubtful, known)
            findings += _gap_summary(group, doubtful, unreadable)
            for compiled in _broken_lines(doubtful):
                broken.setdefault(compiled.instance.governing_table, []).append(compiled)
    return _with_proposals(findings, broken, dict(forms), known)


def _broken_lines(doubtful: _Judged) -> Iterator[CompiledInstance]:
    """The instances that fail of a hard rule over rows or columns."""
    for compiled, judgement in doubtful:
        instance = compiled.instance
        place = (instance.rule.rule_id, instance.scope)
        if judgement.verdict == FAIL and place in crossing_instances(instance.template):
            yield compiled


def _with_proposals(
    findings: Sequence[Finding],
    broken: Mapping[str, Sequence[CompiledInstance]],
    forms: Mapping[str, str],
    known: Mapping[str, Any],
) -> tuple[Finding, ...]:
    proposals: dict[tuple[str, str], Proposal] = {}
    for table, instances in broken.items():
        if proposal := fitting_value(instances, forms[table], known):
            lines = ((one.instance.rule.rule_id, one.instance.scope) for one in instances)
            proposals |= dict.fromkeys(lines, proposal)
    return tuple(
        _with_proposal(one, proposals.get((one.rule_id, one.scope))) if one.status == FAIL else one
        for one in findings
    )


def _with_proposal(finding: Finding, proposal: Proposal | None) -> Finding:
    if proposal is None:
        return finding
    return replace(
        finding,
        message=finding.message + proposal_text(proposal.place, proposal.value),
        proposal_place=proposal.place,
        proposal_value=proposal.value,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _RuleInstances:
    """The instances of a rule that apply to a document of some forms.

    `alike` are the same in groups of one shape where they are many, else empty.
    """

    rule: Rule
    instances: tuple[CompiledInstance, ...]
    alike: tuple[AlikeInstances, ...]


def _not_passed(instances: Iterable[CompiledInstance], known: Mapping[str, Any]) -> _Judged:
    return [
        (instance, judgement)
        for instance in instances
        if (judgement := instance.judge(known)) is not None and judgement.verdict != PASS
    ]


def _known(forms: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with None for every path of the rules that the document does not speak of."""
    return {**_unknown_paths(forms), **values}


@cache
def _unknown_paths(forms: tuple[tuple[str, str], ...]) -> Mapping[str, None]:
    instances = (one for group in _instances_by_rule(forms) for one in group.instances)
    return dict.fromkeys(path for instance in instances for path in instance.paths)


@cache
def _instances_by_rule(forms: tuple[tuple[str, str], ...]) -> tuple[_RuleInstances, ...]:
    """The instances that apply to a document of these forms, in the order of `rules.csv`."""
    grouped: dict[Rule, list[CompiledInstance]] = {rule: [] for rule in rules()}
    for table, form in forms:
        for instance in rule_instances(form):
            if instance.governing_table == table and not instance.needs_other_reports:
                grouped[instance.rule].append(compile_instance(instance))
    return tuple(
        _RuleInstances(rule, tuple(instances), instances_alike(instances))
        for rule, instances in grouped.items()
        if instances
    )


def _failures(rule: Rule, doubtful: _Judged, known: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding(
            rule_id=rule.rule_id,
            severity=rule.severity,
            status=failed_status(rule),
            finding_class=FindingClass(rule.finding_class),
            scope=compiled.instance.scope,
            left=judgement.left,
            right=judgement.right,
            difference=judgement.difference,
            message=_failure_message(compiled, judgement, known),
        )
        for compiled, judgement in doubtful
        if judgement.verdict == FAIL
    ]


def failed_status(rule: Rule) -> str:
    """`hint` for a relation whose failure is only worth a look."""
    return "hint" if rule.severity == "hint" else FAIL


def _failure_message(
    compiled: CompiledInstance, judgement: Judgement, known: Mapping[str, Any]
) -> str:
    pattern = failure_pattern(compiled.instance)
    sides: dict[str, Any] = {
        "left": judgement.left,
        "right": judgement.right,
        "difference": judgement.difference,
    }
    values = (sides[name] if name in sides else known[name] for name in pattern.arguments)
    return pattern.text.format(*(number_text(value) for value in values))


def _gap_summary(
    group: _RuleInstances, doubtful: _Judged, unreadable: frozenset[str]
) -> list[Finding]:
    gaps = [
        (compiled, judgement.missing)
        for compiled, judgement in doubtful
        if judgement.verdict == NOT_ASSESSABLE
    ]
    if not gaps:
        return []
    first, missing = gaps[0]
    return [_gap_finding(group, first, len(gaps), missing, gap_class(missing, unreadable))]


@lru_cache(maxsize=4096)  # reports of one form lack the same numbers of the prose
def _gap_finding(
    group: _RuleInstances,
    compiled: CompiledInstance,
    gaps: int,
    missing: str,
    finding_class: FindingClass,
) -> Finding:
    first, places = compiled.instance, len(group.instances)
    pattern = gap_pattern(first, places)
    values = {"gaps": str(gaps), "label": operand_label(missing), "path": missing}
    return Finding(
        rule_id=group.rule.rule_id,
        severity=group.rule.severity,
        status=NOT_ASSESSABLE,
        finding_class=finding_class,
        scope=first.scope if places == 1 else first.governing_table,
        left=None,
        right=None,
        difference=None,
        message=pattern.text.format(*(values[name] for name in pattern.arguments)),
    )


def gap_class(missing: str, unreadable: frozenset[str]) -> FindingClass:
    """Whose gap a missing operand is: another report's absence, our reading or the publisher's."""
    kind = missing.split(".", 1)[0]
    if kind in ("prev", "children", "dataset"):
        return FindingClass.FETCH
    if kind in ("structure", "report") or kind in unreadable:
        return FindingClass.EXTRACTION
    return FindingClass.SOURCE_CONTENT


def _tables_not_fully_read(
    cells: Iterable[Cell], templates: Mapping[str, str | None]
) -> frozenset[str]:
    """Tables that were not found or hold a cell that could not be read."""
    not_read = CellStatus.UNREADABLE
    unreadable = {cell.table for cell in cells if cell.status is not_read}
    return frozenset(unreadable | {table for table in FORM_TABLES if not templates.get(table)})
