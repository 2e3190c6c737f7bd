"""A chain that is logged as code."""

from langchain_core.prompts import PromptTemplate
from langchain_core.runnables import RunnableLambda

import mlflow.models

chain = PromptTemplate.from_template("Say {word}.") | RunnableLambda(
    lambda prompt: prompt.to_string().upper()
)
mlflow.models.set_model(chain)
