"""XML of office files, parsed without entities, network or document types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from lxml import etree

from annual_reports.reading.office.refusals import office_refusal

Node = Any
"""An lxml element; lxml ships no types."""


def parse_xml(data: bytes, kind: str) -> Node:
    """The root; raises QuarantinedDocument where it is not well formed or declares a DTD.

    Office formats have no document type, so one is either damage or an attack by entities.
    """
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise office_refusal("declares_entities")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as damage:
        raise office_refusal("damaged", kind=kind) from damage
    if root.getroottree().docinfo.internalDTD is not None:
        raise office_refusal("declares_entities")
    return root


@lru_cache(maxsize=4096)
def bare_name(name: str) -> str:
    """A tag's or an attribute's name without its namespace."""
    return name.rpartition("}")[2]


def local_name(node: Node) -> str:
    """The name without its namespace: transitional, strict and 2003 markup share the names."""
    return bare_name(node.tag)


def children_by_name(node: Node | None) -> dict[str, Node]:
    """The first child of each local name; nothing where there is no element."""
    return {} if node is None else {bare_name(one.tag): one for one in node[::-1]}


def first_named(nodes: Iterable[Node], name: str) -> Node | None:
    """The first of several elements that has the local name."""
    for one in nodes:
        if bare_name(one.tag) == name:
            return one
    return None


def attribute(node: Node, name: str) -> str | None:
    """An attribute by local name, whatever its namespace."""
    for key, value in node.items():
        if bare_name(key) == name:
            return str(value)
    return None


def child(node: Node, *path: str) -> Node | None:
    """The first descendant along a path of local names."""
    for name in path:
        for one in node:
            if bare_name(one.tag) == name:
                node = one
                break
        else:
            return None
    return node


def children(node: Node, *path: str) -> Iterable[Node]:
    """The children of the element along a path; nothing where it is missing."""
    found = child(node, *path)
    return () if found is None else found


def child_value(node: Node, *path: str) -> str | None:
    """The `val` of the element along a path; empty where it stands without one; None without it."""
    return value_of(child(node, *path))


def value_of(node: Node | None) -> str | None:
    """The `val` of an element; empty where it stands without one; None where there is no element."""
    return None if node is None else (attribute(node, "val") or "")


def is_on(node: Node | None) -> bool:
    """Whether a toggle such as `w:vanish` is there and not switched off."""
    return node is not None and value_of(node) not in ("0", "false", "off", "none")
