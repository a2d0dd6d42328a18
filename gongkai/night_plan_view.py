"""The plan of a night on the screen: whom it asks for how much, before anything is asked."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from gongkai.screen import screen
from tasks.backfill_plan import BackfillPlan, plan_rows
from tasks.night_plan import NightPlan

MOST_HOSTS = 40
MOST_CELLS = 100


def print_plan(plan: NightPlan) -> None:
    """One line per host, the busiest first, and the sum."""
    table = Table(title="今夜将访问 hosts to be asked", title_justify="left")
    for label in ("网站 host", "列表页 lists", "报告 reports", "至少 at least (s)", "例 example"):
        table.add_column(label, overflow="fold")
    for host in plan.hosts[:MOST_HOSTS]:
        table.add_row(
            escape(host.host),
            str(host.indexes),
            str(host.reports),
            f"{host.seconds:.0f}",
            escape(host.example),
        )
    console = screen()
    console.print(table)
    if len(plan.hosts) > MOST_HOSTS:
        console.print(f"… 另有 and {len(plan.hosts) - MOST_HOSTS} 个网站 more hosts")
    console.print(
        f"共 in all: 网站 hosts {len(plan.hosts)}, 列表页 lists {sum(h.indexes for h in plan.hosts)}, "
        f"已知报告 known reports {sum(h.reports for h in plan.hosts)}, 未到期 not due {plan.not_due}\n"
        "列表页中的新报告另计；没有发出任何请求 reports found on lists come on top; nothing was asked"
    )


def print_backfill_plan(plan: BackfillPlan) -> None:
    """One line per province and year, those to be done first."""
    rows = plan_rows(plan)
    table = Table(title="补采计划 plan of the backfill", title_justify="left")
    for label in rows[0] if rows else ():
        table.add_column(label)
    for row in rows[:MOST_CELLS]:
        table.add_row(*(escape(str(value)) for value in row.values()))
    console = screen()
    console.print(table)
    if len(rows) > MOST_CELLS:
        console.print(f"… 另有 and {len(rows) - MOST_CELLS} 格 more cells")
    console.print(
        f"要补 to do {len(plan.due)}, 已齐 complete {len(plan.cells) - len(plan.due)}, "
        f"列表页 lists {plan.lists}；没有发出任何请求 nothing was asked"
    )
