"""Pages made up for random units of the gazetteer, with the noise of real ones and a known truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from annual_reports.model import DocumentText
from schemas.divisions import COUNTY, PREFECTURE, STATISTICAL_ZONE, TOWN, Division, load_gazetteer
from schemas.organs import known_hosts

_TOWN_KINDS = frozenset(("镇", "乡", "街道", "民族乡", "苏木"))
_BUREAUS = (
    "教育局",
    "民政局",
    "财政局",
    "卫生健康局",
    "自然资源局",
    "市场监督管理局",
    "农业农村局",
    "应急管理局",
    "审计局",
    "司法局",
    "统计局",
    "水利局",
    "交通运输局",
    "住房和城乡建设局",
    "乡村振兴局",
    "公安局",
    "信访局",
    "退役军人事务局",
)
_TITLES = (
    "{}{}年政府信息公开工作年度报告",
    "{1}年{0}政府信息公开工作年度报告",
    "{}政府信息公开工作{}年度报告",
    "{}{}年度政府信息公开年报",
    "关于{}{}年政府信息公开工作年度报告",
    "{} {} 年政府信息公开工作年度报告（公开版）",
)
_CHAPTERS = (
    "一、总体情况",
    "{year}年，{self}认真贯彻落实《中华人民共和国政府信息公开条例》，全年主动公开信息{n}条。",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "存在公开不够及时、规范县级公开目录和平台建设不够和谐等问题，下一步加强城市街道社区宣传。",
    "六、其他需要报告的事项",
    "无其他需要报告的事项。",
)


@dataclass(frozen=True, slots=True)
class MadeUpPage:
    """A page and the truth about it. `unit` is the publisher's division, `year` the report's."""

    text: DocumentText
    unit: int
    year: int
    trait: str


@cache
def _current(level: int) -> tuple[int, ...]:
    return tuple(
        unit
        for unit, division in enumerate(load_gazetteer().units)
        if division.level == level
        and division.valid_to is None
        and division.kind != STATISTICAL_ZONE
        and division.province not in ("71", "81", "82")
        and (level != TOWN or _is_town_of_a_county(unit))
    )


def _is_town_of_a_county(unit: int) -> bool:
    gazetteer = load_gazetteer()
    holder = gazetteer.units[gazetteer.parent[unit]]
    return gazetteer.units[unit].kind in _TOWN_KINDS and holder.kind != STATISTICAL_ZONE


def division(unit: int) -> Division:
    """The row of a unit."""
    return load_gazetteer().units[unit]


def holders(unit: int) -> list[int]:
    """What holds a unit, nearest first."""
    return list(load_gazetteer().path(unit)[1:])


def spelled_out(unit: int, upward: int) -> str:
    """The unit's name with the names of `upward` levels before it."""
    above = [division(one).name for one in reversed(holders(unit)[:upward])]
    return "".join(above) + division(unit).name


class PageMaker:
    """Makes pages one after another; the same seed makes the same pages."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pages(self, count: int) -> Iterator[MadeUpPage]:
        """Pages of every trait in turn."""
        makers: list[Callable[[], MadeUpPage]] = [
            self.township_page,
            self.bureau_page,
            self.nameless_page,
            self.government_page,
            self.city_bureau_page,
            self.copied_page,
            self.tax_page,
            self.town_alone_page,
            self.platform_page,
        ]
        for number in range(count):
            yield makers[number % len(makers)]()

    def _year(self) -> int:
        return self._random.choice(range(2016, 2026))

    def _title(self, name: str, year: int) -> str:
        return self._random.choice(_TITLES).format(name, year)

    def _body(self, voice: str, year: int, *extra: str) -> list[str]:
        lines = [
            line.format(year=year, self=voice, n=self._random.randrange(3, 900))
            for line in _CHAPTERS
        ]
        for line in extra:
            lines.insert(self._random.randrange(1, len(lines)), line)
        return lines

    def _elsewhere(self, unit: int) -> int:
        """A county of another province."""
        while True:
            other = self._random.choice(_current(COUNTY))
            if division(other).province != division(unit).province:
                return other

    def _footer(self, unit: int) -> list[str]:
        """The foot of the site of a county or prefecture."""
        code = division(unit).code[:6]
        province = load_gazetteer().provinces[division(unit).province]
        record = province.record_characters[-1]
        choices = [
            f"{record}公网安备{code}02000{self._random.randrange(100, 999)}号",
            f"网站标识码：{code}00{self._random.randrange(10, 99)}",
            f"{record}ICP备{self._random.randrange(10**7, 10**8)}号",
            f"主办：{division(unit).name}人民政府办公室",
        ]
        return self._random.sample(choices, self._random.randrange(0, 4))

    def _breadcrumb(self, unit: int, *steps: str) -> str:
        return " > ".join(["当前位置：首页", "政务公开", *steps])

    def _host(self, unit: int) -> str:
        """A host as counties have them, not always telling; none that is in fact another's."""
        name = (division(unit).pinyin or "xx").replace(" ", "").lower()
        initials = "".join(part[0] for part in (division(unit).pinyin or "x x").lower().split())
        above, own = holders(unit), load_gazetteer().path(unit)
        upper = (division(above[0]).pinyin or "xx").replace(" ", "").lower() if above else "xx"
        upper_initials = "".join(p[0] for p in (division(above[-1]).pinyin or "x").lower().split())
        hosts = [
            name,
            f"{name}.{upper}",
            upper_initials + initials,
            upper_initials + name,
            initials,
        ]
        free = [host for host in hosts if known_hosts().get(host.split(".")[-1], unit) in own]
        return self._random.choice(free or ["zwgk"]) + ".gov.cn"

    def _url(self, host: str, year: int) -> str:
        return f"http://{host}/zwgk/zfxxgknb/{year + 1}01/t{year + 1}0118_{self._random.randrange(10**6, 10**7)}.html"

    def _neighbours(self, name: str, year: int) -> list[str]:
        return [
            f"上一条：{name}{year - 1}年政府信息公开工作年度报告",
            f"下一篇：{name}{year + 1}年政府信息公开工作年度报告",
        ]

    def township_page(self) -> MadeUpPage:
        """A township that names its county, with mentions of places elsewhere."""
        town = self._random.choice(_current(TOWN))
        year, other = self._year(), self._elsewhere(town)
        name = spelled_out(town, self._random.choice((1, 2)))
        organ = name + ("人民政府" if division(town).name[-1] in "镇乡" else "办事处")
        lines = [
            self._breadcrumb(town, division(town).name, "政府信息公开年报"),
            *self._body(
                self._random.choice(("我镇", "本单位", division(town).name)),
                year,
                f"赴{spelled_out(other, 1)}学习政务公开经验。",
                f"如有疑问，请与{organ}联系。",
            ),
            *self._neighbours(name, year),
            *self._footer(holders(town)[0]),
        ]
        url = self._url(self._host(holders(town)[0]), year)
        title = self._title(self._random.choice((name, organ)), year)
        return MadeUpPage(DocumentText((title,), tuple(lines), url), town, year, "township")

    def bureau_page(self) -> MadeUpPage:
        """A county's bureau whose title says 县…局 or …局 only; the page's furniture says which county."""
        county = self._random.choice(_current(COUNTY))
        year, bureau = self._year(), self._random.choice(_BUREAUS)
        kind = division(county).name[-1]
        name = self._random.choice((spelled_out(county, 0), kind if kind in "县区" else "", ""))
        lines = [
            self._breadcrumb(county, "部门", bureau),
            *self._body("我局", year, f"按照{division(holders(county)[0]).name}的部署，"),
            *self._neighbours(bureau, year),
            *self._footer(county),
        ]
        title = self._title(name + bureau, year)
        url = self._url(self._host(county), year)
        return MadeUpPage(DocumentText((title,), tuple(lines), url), county, year, "bureau")

    def nameless_page(self) -> MadeUpPage:
        """No title but the column's name; the organ stands in the text with its address."""
        county = self._random.choice(_current(COUNTY))
        year, bureau = self._year(), self._random.choice(_BUREAUS)
        name = division(county).name
        sentence = self._random.choice(
            (
                f"本报告由{name}{bureau}根据《中华人民共和国政府信息公开条例》编制。",
                f"现将{name}{bureau}{year}年政府信息公开工作情况公布如下。",
                f"{year}年，{name}{bureau}扎实推进政务公开。",
                f"地址：{spelled_out(county, 1)}人民路{self._random.randrange(1, 99)}号",
            )
        )
        lines = [
            sentence,
            f"统计期限自{year}年1月1日起至{year}年12月31日止。",
            *self._body("我局", year),
            *self._footer(county),
        ]
        url = self._url(self._host(county), year)
        return MadeUpPage(
            DocumentText(("政府信息公开年报",), tuple(lines), url), county, year, "nameless"
        )

    def government_page(self) -> MadeUpPage:
        """A county's own report, its bodies above and below named in the text."""
        county = self._random.choice(_current(COUNTY))
        year, above = self._year(), holders(county)[0]
        name = spelled_out(county, self._random.choice((0, 0, 1)))
        lines = self._body(
            "全县",
            year,
            f"在{division(above).name}的正确领导下，",
            "综合各乡镇、各部门年度报告编制。",
        )
        title = self._title(self._random.choice((name, name + "人民政府")), year)
        url = self._url(self._host(county), year)
        return MadeUpPage(
            DocumentText((title,), (*lines, *self._footer(county)), url),
            county,
            year,
            "government",
        )

    def city_bureau_page(self) -> MadeUpPage:
        """A prefecture's bureau with its seat in a district and visits to counties; must not be placed lower."""
        prefecture = self._random.choice(_current(PREFECTURE))
        inside = [unit for unit in _current(COUNTY) if holders(unit)[0] == prefecture]
        year, bureau = self._year(), self._random.choice(_BUREAUS)
        seat = self._random.choice(inside) if inside else prefecture
        name = self._random.choice(
            (division(prefecture).name, spelled_out(prefecture, 1), division(prefecture).name[-1])
        )
        name = "" if len(name) == 1 and name != "市" else name
        lines = [
            *self._body(
                "我局",
                year,
                f"地址：{division(seat).name}人民大道{self._random.randrange(1, 99)}号",
                f"赴{division(seat).name}调研政务公开工作，",
                "指导各县（市、区）规范公开。",
            ),
            *self._footer(prefecture),
        ]
        url = self._url(self._host(prefecture), year)
        title = self._title(name + bureau, year)
        return MadeUpPage(
            DocumentText((title,), tuple(lines), url), prefecture, year, "city bureau"
        )

    def copied_page(self) -> MadeUpPage:
        """A copy on a foreign host whose foot, host and navigation belong to somebody else."""
        town = self._random.choice(_current(TOWN))
        year, other = self._year(), self._elsewhere(town)
        name = spelled_out(town, self._random.choice((0, 1)))
        pinyin = (division(other).pinyin or "abc").replace(" ", "").lower()
        lines = [
            *self._body("我单位", year, f"地址：{spelled_out(town, 1)}"),
            *self._footer(other),
        ]
        url = self._url(
            self._random.choice((f"www.{pinyin}.com", f"{pinyin}.gov.cn.example.net")), year
        )
        return MadeUpPage(
            DocumentText((self._title(name, year),), tuple(lines), url), town, year, "copy"
        )

    def tax_page(self) -> MadeUpPage:
        """The tax bureau of a county on the ministry's host; it is no central organ."""
        county = self._random.choice(_current(COUNTY))
        year = self._year()
        name = f"国家税务总局{division(county).name}税务局"
        lines = self._body("我局", year, "在国家税务总局的领导下，")
        url = f"http://{self._random.choice(('www.chinatax.gov.cn', 'shanxi.chinatax.gov.cn'))}/art/{year + 1}/1/2/art_1.html"
        return MadeUpPage(
            DocumentText((self._title(name, year),), tuple(lines), url), county, year, "tax"
        )

    def town_alone_page(self) -> MadeUpPage:
        """A township without its county in the title, placed by one sign if at all."""
        town = self._random.choice(_current(TOWN))
        year, above = self._year(), holders(town)[0]
        sign = self._random.choice(
            (
                f"{division(above).name}人民政府网站",
                f"由{spelled_out(town, 1)}人民政府编制。",
                self._breadcrumb(above, division(above).name, "乡镇"),
                "",
            )
        )
        lines = [line for line in (sign, *self._body("我镇", year), *self._footer(above)) if line]
        url = self._random.choice((None, self._url(self._host(above), year)))
        return MadeUpPage(
            DocumentText((self._title(division(town).name, year),), tuple(lines), url),
            town,
            year,
            "town alone",
        )

    def platform_page(self) -> MadeUpPage:
        """A county's page on a provincial platform: the police file is that of a district of the capital."""
        county = self._random.choice(_current(COUNTY))
        year = self._year()
        province = holders(county)[-1]
        capital = next(
            unit
            for unit in _current(COUNTY)
            if division(unit).code.startswith(division(province).code[:2] + "01")
        )
        name = division(county).name + self._random.choice(_BUREAUS)
        lines = [*self._body("我局", year), *self._footer(capital)]
        url = self._url("www.zwfw.example.gov.cn", year)
        return MadeUpPage(
            DocumentText((self._title(name, year),), tuple(lines), url), county, year, "platform"
        )
