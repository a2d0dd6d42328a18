"""An example of what may follow a publication: one partition, told as a page. Started by an event."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from schemas.parameters import Province, Year, province_key
from tasks.downstream import leave_partition_page
from tasks.run_names import downstream_run_name


@flow(
    name="downstream",
    description="示例：分区发布后自动运行 (an example that runs when a partition is published)",
    flow_run_name=downstream_run_name,
    persist_result=False,
)
def downstream(province: Province, year: Year, lake: str = "") -> State[None]:
    """Leave a page about one partition; copy this flow for work of your own.

    Args:
        province: 刚发布的省份 (the province just published)
        year: 刚发布的年度 (the year just published)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    return leave_partition_page(province_key(province), year, lake)
