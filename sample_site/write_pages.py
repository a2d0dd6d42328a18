"""Write `sample_site/pages/` from `sample_site/sites/*.yml`: `python -m sample_site.write_pages`.

Every file's path is its URL path. `--check` writes nothing and exits 1 when a page differs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sample_site.page_styles import html_notice, html_report, index_page, text_report

HERE = Path(__file__).parent
PAGES = HERE / "pages"
README = HERE / "README.md"
README_MARKS = ("<!-- pages: written by write_pages.py -->", "<!-- end of pages -->")


def load_sites() -> list[dict[str, Any]]:
    """All sites, by file name; every report knows its column's title and its neighbours."""
    paths = sorted((HERE / "sites").glob("*.yml"))
    sites = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
    for site in sites:
        for page in site["pages"]:
            page["published"] = str(page.get("published", ""))
            page["url"] = f"/{site['folder']}/{page['path']}"
    return sites


def all_pages() -> dict[str, bytes]:
    """URL path without the leading slash → the bytes of the page."""
    pages: dict[str, bytes] = {}
    for site in load_sites():
        for page in site["pages"]:
            pages[page["url"].lstrip("/")] = page_bytes(site, page)
        pages |= dict(column_pages(site))
    sites_list = "".join(
        f'<li><a href="/{site["folder"]}/index.html">{site["name"]}</a></li>\n'
        for site in load_sites()
    )
    pages["index.html"] = (
        f"<!DOCTYPE html>\n<meta charset=utf-8>\n<ul>\n{sites_list}</ul>\n".encode()
    )
    pages["robots.txt"] = (HERE / "robots.txt").read_bytes()
    return pages


def page_bytes(site: Mapping[str, Any], page: Mapping[str, Any]) -> bytes:
    """One page in its own encoding; `cut_after` ends it behind a text, as a broken transfer does."""
    kind = page.get("kind", "report")
    if kind == "binary":
        return bytes.fromhex("255044462d312e340a25e2e3cfd30a") + bytes(range(256)) * 4
    if kind == "empty":
        return b""
    if kind == "notice":
        text = html_notice(site, page)
    elif page["path"].endswith((".txt", ".md")):
        text = text_report(page)
    else:
        text = html_report(site, page)
    if "cut_after" in page:
        text = text[: text.index(page["cut_after"]) + len(page["cut_after"])]
    return text.encode(page.get("charset", site.get("charset", "utf-8")))


def column_pages(site: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The index pages of every column of a site: index.html, index_1.html, …"""
    encoding = site.get("charset", "utf-8")
    for column in site["columns"]:
        folder = f"{site['folder']}/{column['path']}".rstrip("/")
        items = _column_items(site, column)
        size = column.get("per_page", 20)
        chunks = [items[start : start + size] for start in range(0, len(items), size)]
        for number, chunk in enumerate(chunks):
            name = "index.html" if number == 0 else f"index_{number}.html"
            paging = _paging(number, len(chunks), column.get("paging", "links"))
            relative = [{**item, "href": _relative(item["href"], folder)} for item in chunk]
            text = index_page(site, column, relative, paging)
            yield f"{folder}/{name}", text.encode(encoding)


def readme_table() -> list[str]:
    """What each page demonstrates, one line a page."""
    lines = [
        "| page | publisher | year | form | style | shows | outcome |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for site in load_sites():
        for page in site["pages"]:
            form = page.get("form", "t2021" if page.get("kind", "report") == "report" else "")
            forms = "/".join(form.values()) if isinstance(form, Mapping) else form
            style = page.get("style", page.get("kind", ""))
            charset = page.get("charset", site.get("charset", "utf-8"))
            style = style if charset == "utf-8" else f"{style}, {charset}"
            cells = [f"`{page['url']}`", page.get("publisher", ""), str(page.get("year", ""))]
            cells += [forms, style, page["shows"], page["outcome"]]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def readme_text() -> str:
    """README.md with its table written anew."""
    before, _, rest = README.read_text(encoding="utf-8").partition(README_MARKS[0])
    after = rest.partition(README_MARKS[1])[2]
    return "\n".join([before + README_MARKS[0], "", *readme_table(), "", README_MARKS[1]]) + after


def differing_paths() -> list[str]:
    """Pages that are missing, left over or differ from what the site files say."""
    expected = all_pages()
    present = {p.relative_to(PAGES).as_posix(): p for p in PAGES.rglob("*") if p.is_file()}
    changed = [
        path
        for path, content in expected.items()
        if path not in present or present[path].read_bytes() != content
    ]
    stale = [path for path in present if path not in expected]
    return sorted(changed + stale)


def main() -> None:
    """Write the pages and the README's table, or only compare (`--check`)."""
    if sys.argv[1:] == ["--check"]:
        differing = differing_paths()
        print("\n".join(differing))
        sys.exit(1 if differing else 0)
    expected = all_pages()
    for path in differing_paths():
        target = PAGES / path
        if path in expected:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(expected[path])
        else:
            target.unlink()
    README.write_text(readme_text(), encoding="utf-8")
    print(f"{len(expected)} pages in {PAGES.name}/")


def _column_items(site: Mapping[str, Any], column: Mapping[str, Any]) -> list[dict[str, str]]:
    """Links of a column, newest first: its own pages and links that lead elsewhere."""
    own = [
        {
            "href": page["url"],
            "title": page.get("listed_as") or page["title"],
            "date": page["published"],
        }
        for page in site["pages"]
        if column["path"] in page.get("columns", [])
    ]
    others = [{**link, "date": str(link["date"])} for link in column.get("links", [])]
    return sorted(own + others, key=lambda item: (item["date"], item["href"]), reverse=True)


def _paging(number: int, count: int, kind: str) -> str:
    """Links to the other pages, or the script call many portals use instead."""
    if count == 1:
        return '<div class="page">共1页</div>'
    if kind == "script":
        call = f'createPageHTML({count}, {number}, "index", "html");'
        return f'<div class="page"><script>{call}</script></div>'
    names = ["index.html", *(f"index_{n}.html" for n in range(1, count))]
    links = [
        f'<a href="{name}">{n}</a>' for n, name in enumerate(names, start=1) if n != number + 1
    ]
    if number + 1 < count:
        links.append(f'<a href="{names[number + 1]}">下一页</a>')
    return f'<div class="page">共{count}页 ' + " ".join(links) + "</div>"


def _relative(href: str, folder: str) -> str:
    """Site addresses as the column page writes them: relative to itself."""
    if not href.startswith("/"):
        return href
    return os.path.relpath(href.lstrip("/"), folder)


if __name__ == "__main__":
    main()
