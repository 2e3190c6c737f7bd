"""Why what one version saved is not read by the other as it was: every difference in the comparison is judged here."""

from __future__ import annotations

import re

_REASONS = {
    r"not saved: .*serialization_format": "this version has no such argument: it always pickles, as the row without "
    "`-pickled` shows",
    r"not saved: .*untrusted|not saved: .*sklearn\.tree\._tree": "its default is skops, which it refuses for trees unless "
    "they are named as trusted; here they are pickled",
    r"not saved: .*[Ii]nput.?example": "its default is `pt2`, which needs an example; here it is a pickle",
    r"No module named 'mlflow\.diviner'": "3.17 no longer has the flavor",
    r"No module named 'mlflow\.\w+'": "1.30 is older than the flavor",
    r"runtime_version": "1.30 needs a protobuf that the library no longer works with",
    r"serialization format: skops|persistent id|persistent_load": "2.22 and 1.30 do not know skops; see the row `-pickled`",
    r"langchain\.chains": "2.22 needs LangChain before 1",
    r"TranslationPipeline": "2.22 needs transformers before 5",
}


def reason_for(found: str) -> str | None:
    """Why a cell of the comparison is not `equal`; `None` where nobody has judged it."""
    return next((reason for pattern, reason in _REASONS.items() if re.search(pattern, found)), None)
