"""Local names of word markup that the walk goes by, and the two elements that stand for others."""

from __future__ import annotations

from annual_reports.reading.office.xml_parts import Node, attribute, child

UNPRINTED = frozenset(
    [
        "pPr",
        "rPr",
        "tblPr",
        "tblGrid",
        "tcPr",
        "trPr",
        "sectPr",
        "sdtPr",
        "sdtEndPr",
        "del",
        "moveFrom",
        "delText",
        "delInstrText",
        "instrText",
        "fldData",
        "rt",
        "rubyPr",
        "docPr",
        "cNvPr",
        "binData",
        "proofErr",
        "bookmarkStart",
        "bookmarkEnd",
        "customXmlPr",
        "smartTagPr",
        "Fallback",
        "listPr",
    ]
)
PICTURES = frozenset({"drawing", "pict", "object"})
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
NOTE_CALLS = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
LOOKS = frozenset({"vanish", "rStyle", "strike", "dstrike", "vertAlign"})
"""The run properties that decide whether and where its text is printed."""

_DELETION = "Word.Deletion"


def is_deletion(name: str, node: Node) -> bool:
    """Word 2003 marks revisions as annotations. `name` is the local name of the node."""
    return name == "annotation" and attribute(node, "type") == _DELETION


def variant_shown(node: Node) -> Node:
    """Of alternate content what a modern Word shows; the fallback where there is only that."""
    chosen = child(node, "Choice")
    if chosen is None:
        chosen = child(node, "Fallback")
    return node if chosen is None else chosen
