from __future__ import annotations

from typing import Any

from tests.flavors.samples import tables


def session() -> Any:
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )


def models() -> dict[str, Any]:
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import VectorAssembler

    spark = session()
    table = tables.features().assign(label=tables.classes())
    stages = [VectorAssembler(inputCols=["a", "b"], outputCol="features"), LogisticRegression(maxIter=3)]
    return {"pipeline": Pipeline(stages=stages).fit(spark.createDataFrame(table))}


def data() -> Any:
    return tables.features()


def answers(model: Any, data: Any) -> Any:
    rows = model.transform(session().createDataFrame(data)).collect()
    return [row["prediction"] for row in rows]
