"""Why what one version saved is not read by the other as it was: every difference in the comparison is judged here."""

from __future__ import annotations

import re

_REASONS = {
    r"not saved: .*input_example is required": "its default is `pt2`, which needs an example; here it is a pickle",
    r"not saved: .*untrusted types": "its default is skops, which it refuses for trees unless they are named as trusted; "
    "here they are pickled",
    r"not saved: .*argument 'serialization_format'": "this version has no such argument, and always pickles",
    r"not saved: .*unexpected keyword argument": "this version has no such argument",
    r"No module named 'mlflow\.diviner'": "3.17 no longer has the flavor",
    r"No module named 'mlflow\.\w+'": "1.30 is older than the flavor",
    r"runtime_version": "1.30 needs a protobuf that the library no longer works with",
    r"UNSUPPORTED_PACKAGE_VERSION.*Pandas": "today's Spark needs a newer pandas than 1.30 works with",
    r"serialization format: skops|persistent id|persistent_load": "2.22 and 1.30 do not know skops; see the row `-pickled`",
    r"pickle_module_info": "2.22 and 1.30 know pickles alone",
    r"langchain\.(chains|schema)": "2.22 needs LangChain before 1",
    r"TranslationPipeline": "2.22 needs transformers before 5",
    r"Unsupported input type: Series": "2.22 gives the library a column of a table, which it took before version 6",
    r"model\.h5|keras\.backend|infer keras module": "1.30 knows Keras before version 3 alone",
    r"TreeEnsemble|TreeExplainer|encoder type|LinearExplainer|not saved: .*'LinearRegression' object has no attribute 'save'": "SHAP "
    "cannot read them back, or write them, in its own form, which MLflow keeps them in; here they are pickled as a whole",
    r"IsADirectoryError": "2.22 does not know this form",
    r"SentenceSplitter id_func": "2.22 cannot restore the settings of today's LlamaIndex, whoever wrote them",
}


def reason_for(found: str) -> str | None:
    """Why a cell of the comparison is not `equal`; `None` where nobody has judged it."""
    return next((reason for pattern, reason in _REASONS.items() if re.search(pattern, found)), None)
