"""Prose of reports with known truth: phrasings composed from slots, and sentences about other things.

Every sentence is written for these tests. A `Told` says which facts a sentence states of the whole
report and its year; a distractor states none, however much it looks like one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from annual_reports.model import Cell, CellEvidence, CellStatus
from annual_reports.narrative.context import Reporter
from schemas.fields import all_fields

YEAR = 2023
GROUPS = (
    "disclosed_full",
    "disclosed_partial",
    "not_disclosed",
    "unable_to_provide",
    "not_processed",
    "other_handling",
)
GROUP_WORDS = ("予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理")
CHANNELS = ("channel_online", "channel_mail", "channel_in_person")
CITY = Reporter(YEAR, "临川市人民政府", "consolidated", "government")
BUREAU = Reporter(YEAR, "临川市水务局", "own", "department")
TOWN = Reporter(YEAR, "临川市白塔镇人民政府", "own", "township_government")
_SUBJECTS = {
    CITY: ("全市", "全市各级行政机关", "我市", "本市", ""),
    BUREAU: ("我局", "本机关", "全局", "市水务局", ""),
    TOWN: ("我镇", "全镇", "本镇", "白塔镇", ""),
}
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Told:
    """A sentence and the facts it states, by narrative key."""

    text: str
    facts: tuple[tuple[str, int | bool], ...] = ()


@dataclass(frozen=True)
class Truth:
    """The figures of one report, consistent with each other."""

    reporter: Reporter
    received: int
    carried_in: int
    carried_out: int
    groups: tuple[int, ...]
    reconsideration: int
    litigation: int
    documents: int

    @property
    def handled(self) -> int:
        return sum(self.groups)

    def cells(self) -> tuple[Cell, ...]:
        """Tables two to four of the form of 2021."""
        return tuple(
            Cell(f.table, f.row_key, f.column_key, value, CellStatus.PRINTED, None, CellEvidence())
            for f in all_fields()
            if f.template == "t2021"
            for value in (self._value(f.table, f.row_key, f.column_key),)
        )

    def _value(self, table: str, row: str, column: str) -> int:
        known = {
            ("requests", "new_received", "total"): self.received,
            ("requests", "carried_in", "total"): self.carried_in,
            ("requests", "carried_out", "total"): self.carried_out,
            ("requests", "handled_total", "total"): self.handled,
            ("requests", "disclosed_full", "total"): self.groups[0],
            ("requests", "disclosed_partial", "total"): self.groups[1],
            ("requests", "nd_state_secret", "total"): self.groups[2],
            ("requests", "up_not_held", "total"): self.groups[3],
            ("requests", "np_repeated", "total"): self.groups[4],
            ("requests", "oh_other", "total"): self.groups[5],
            ("review_litigation", "reconsideration", "total"): self.reconsideration,
            ("review_litigation", "litigation_direct", "total"): self.litigation,
            ("active_disclosure", "normative_documents", "made"): self.documents,
        }
        return known.get((table, row, column), 0)


def random_truth(chance: random.Random) -> Truth:
    size = chance.choice((0, 3, 12, 40, 300, 3000))
    groups = tuple(chance.randint(0, size) for _ in GROUPS)
    carried_in, carried_out = chance.randint(0, size), chance.randint(0, size)
    received = max(0, sum(groups) + carried_out - carried_in)
    return Truth(
        reporter=chance.choice((CITY, BUREAU, TOWN)),
        received=received,
        carried_in=sum(groups) + carried_out - received,
        carried_out=carried_out,
        groups=groups,
        reconsideration=chance.choice((0, 0, 1, 14, 351)),
        litigation=chance.choice((0, 0, 2, 46)),
        documents=chance.choice((0, 3, 17)),
    )


class Writer:
    """Writes sentences about a truth with the random choices of one seed."""

    def __init__(self, truth: Truth, chance: random.Random) -> None:
        self.truth = truth
        self.chance = chance

    def one_of(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def number(self, value: int) -> str:
        """The number as some editor prints it."""
        spellings = [str(value), str(value), f"{value:,}", f" {value} ", _wide(value)]
        if 0 < value < 10_000:
            spellings.append(chinese(value))
        return self.chance.choice(spellings)

    def count(self, value: int) -> str:
        return f"{self.number(value)}{self.one_of('件', '件', '件', ' 件')}"

    def time(self) -> str:
        return self.one_of("2023年，", "2023年度，", "2023年", "本年度", "全年", "一年来，", "")

    def subject(self) -> str:
        return self.chance.choice(_SUBJECTS[self.truth.reporter])

    def request(self) -> str:
        return self.one_of(
            "政府信息公开申请", "信息公开申请", "依申请公开申请", "政府信息依申请公开申请"
        )

    def received(self) -> Told:
        value = self.truth.received
        lead = f"{self.time()}{self.subject()}{self.one_of('共', '共计', '')}"
        verb = self.one_of("收到", "受理", "新收", "接到")
        if value == 0:
            text = self.one_of(
                f"{lead.removesuffix('共计').removesuffix('共')}{self.one_of('未', '没有')}收到{self.request()}",
                f"{lead}{verb}{self.request()}0件",
            )
            return Told(text, (("no_requests", True),))
        text = self.one_of(
            f"{lead}{verb}{self.request()}{self.count(value)}",
            f"{lead}{verb}公民、法人和其他组织提出的{self.request()}{self.count(value)}",
            f"{lead}{verb}{self.count(value)}{self.request()}",
        )
        return Told(text, (("requests_received", value),))

    def answered(self) -> Told:
        handled = self.count(self.truth.handled)
        text = self.one_of(
            f"，{self.one_of('办结', '已办结', '答复', '按期答复', '共答复')}{handled}",
            f"，办结{self.request()}{handled}",
        )
        return Told(text, (("requests_answered", self.truth.handled),))

    def carried(self) -> Told:
        text = (
            f"，{self.one_of('上年结转', '上年度结转', '上年结转申请')}{self.count(self.truth.carried_in)}"
            f"，{self.one_of('结转下年度继续办理', '结转下年', '结转至下年度办理')}{self.count(self.truth.carried_out)}"
        )
        return Told(
            text,
            (
                ("requests_carried_in", self.truth.carried_in),
                ("requests_carried_out", self.truth.carried_out),
            ),
        )

    def groups(self) -> Told:
        mark = self.one_of("、", "，", "；")
        parts = [
            f"{word}{self.one_of('', '的', '数量')}{self.count(value)}"
            for word, value in zip(GROUP_WORDS, self.truth.groups, strict=True)
        ]
        facts = tuple(zip(GROUPS, self.truth.groups, strict=True))
        return Told(f"。在{self.request()}的办理结果中，{mark.join(parts)}", facts)

    def channels(self) -> Told:
        parts = _split(self.truth.received, self.chance)
        words = (
            self.one_of("网上申请", "网络申请", "互联网申请"),
            self.one_of("信函申请", "邮寄申请"),
            self.one_of("当面申请", "现场申请"),
        )
        listed = self.one_of("，", "、").join(
            f"{word}{self.count(value)}" for word, value in zip(words, parts, strict=True)
        )
        return Told(
            f"，其中{self.one_of('', '：', '，')}{listed}", tuple(zip(CHANNELS, parts, strict=True))
        )

    def disputes(self) -> Told:
        truth = self.truth
        if truth.reconsideration == truth.litigation == 0:
            text = self.one_of(
                "未发生因政府信息公开引起的行政复议、行政诉讼",
                "没有因政府信息公开申请行政复议、提起行政诉讼的情况",
                "未收到有关政府信息公开的行政复议和行政诉讼案件",
            )
            return Told(f"。{self.time()}{text}", (("no_disputes", True),))
        text = (
            f"因政府信息公开{self.one_of('引发的', '被申请')}行政复议{self.count(truth.reconsideration)}"
            f"，{self.one_of('因政府信息公开引发的', '涉及政府信息公开的')}行政诉讼{self.count(truth.litigation)}"
        )
        facts = (
            ("reconsideration_cases", truth.reconsideration),
            ("litigation_cases", truth.litigation),
        )
        return Told(f"。{self.time()}{text}", facts)

    def documents(self) -> Told:
        verb = self.one_of("制发", "印发", "出台")
        text = f"。{self.time()}{verb}行政规范性文件{self.count(self.truth.documents)}"
        return Told(text, (("normative_documents_made", self.truth.documents),))

    def paragraph(self) -> Told:
        """A paragraph: facts in random order with distractors between them."""
        told = [self.received()]
        follow = [self.answered, self.carried, self.channels]
        for write in self.chance.sample(follow, self.chance.randint(0, 2)):
            told.append(write())
        for write in self.chance.sample(
            [self.groups, self.disputes, self.documents], self.chance.randint(0, 3)
        ):
            told.append(write())
            if self.chance.random() < 0.5:
                told.append(self.distractor())
        if self.chance.random() < 0.5:
            told.insert(0, Told(f"{self.distractor().text.removeprefix('。')}。"))
        facts = tuple(fact for one in told for fact in one.facts)
        return Told("".join(one.text for one in told) + "。", facts)

    def distractor(self) -> Told:
        n, m = self.chance.randint(1, 400), self.chance.randint(1, 90)
        return Told("。" + self.chance.choice(DISTRACTORS).format(n=n, m=m, request=self.request()))


DISTRACTORS = (
    "2022年收到{request}{n}件，答复{m}件",
    "上年同期收到{request}{n}件",
    "去年共受理{request}{n}件，办结{m}件",
    "自条例施行以来累计收到{request}{n}件",
    "2019年至2023年共收到{request}{n}件",
    "截至2023年底，历年累计受理{request}{n}件",
    "上半年收到{request}{n}件，第三季度收到{request}{m}件",
    "其中，市公安局收到{request}{n}件",
    "各乡镇共收到{request}{n}件，办结{m}件",
    "市直部门受理{request}{n}件",
    "市教育局收到{request}{n}件",
    "部分单位收到{request}{n}件，答复不够及时",
    "办理12345热线工单{n}件，办结率100%",
    "收到{request}后，另办理人大代表建议{n}件、政协提案{m}件",
    "网站访问量达{n}万人次，回复留言{m}条",
    "办理行政复议案件{n}件，行政诉讼应诉案件{m}件",
    "清理行政规范性文件{n}件，废止行政规范性文件{m}件",
    "下一步计划收到{request}后{m}日内答复，力争办结{n}件",
    "依据《中华人民共和国政府信息公开条例》（国令第711号）和国办函〔2020〕109号文件，电话0570-70433{m}",
    "办理行政许可事项{n}件，行政处罚{m}件",
    "收到{request}___件，办结X件",
    "制定行政规范性文件，现行有效的规范性文件",
    "举办政府信息公开培训{m}次，培训{n}人次",
    "超过十日未答复的{request}每件扣{m}分",
    "全国共收到{request}{n}万件",
)


def chinese(value: int) -> str:
    """A number from 1 to 9999 in Chinese numerals."""
    parts: list[str] = []
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            parts.append(_DIGITS[digit] + unit)
        elif parts and parts[-1] != "零":
            parts.append("零")
    text = "".join(parts).rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _wide(value: int) -> str:
    return str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def _split(total: int, chance: random.Random) -> tuple[int, int, int]:
    first = chance.randint(0, total)
    second = chance.randint(0, total - first)
    return first, second, total - first - second
