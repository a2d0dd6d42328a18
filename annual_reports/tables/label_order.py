"""Whether column labels stand in another order than the form's."""

from __future__ import annotations

import re
from itertools import pairwise

from schemas.labels import any_of, labels


def reordered(words: str, table: str) -> bool:
    """Whether two full column labels follow each other against the order of the form.

    The first label may follow any other: there a new group begins.
    """
    order = [label.text for label in labels(table, "column")]
    found = re.findall(any_of(tuple(order)), words)
    return any(
        order.index(two) < order.index(one) and two != order[0] for one, two in pairwise(found)
    )
