"""An engine that is logged as code."""

from llama_index.core import Settings

import mlflow.models
from tests.flavors.samples.llama_index import make_index

engine = make_index().as_query_engine()
assert Settings._llm is not None
mlflow.models.set_model(engine)
