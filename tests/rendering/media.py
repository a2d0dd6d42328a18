"""The renderers by medium."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.damage.physical import Table

from . import Prose
from .doc import render_doc
from .docx import render_docx
from .ods import render_ods
from .odt import render_odt
from .rtf import render_rtf
from .word_xml import render_flat_opc, render_mhtml, render_word_2003
from .xls import render_xls
from .xlsx import render_xlsx

Render = Callable[[Sequence[Table], Prose, random.Random], bytes]
MEDIA: dict[str, Render] = {
    "docx": render_docx,
    "doc": render_doc,
    "xlsx": render_xlsx,
    "xls": render_xls,
    "rtf": render_rtf,
    "odt": render_odt,
    "ods": render_ods,
    "flat OPC": render_flat_opc,
    "Word 2003 XML": render_word_2003,
    "MHTML": render_mhtml,
}
