# Guide 002, "MLFlow Models", "Model Logging" and "Model Signatures", for scikit-learn and Python functions.
# First, what they assume.
import joblib
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

frame = load_iris(as_frame=True).frame
frame = frame.iloc[:, [0, 1, 2, 4]].set_axis(["feature1", "feature2", "feature3", "target"], axis=1)
X_train, X_test, y_train, y_test = train_test_split(frame.iloc[:, :3], frame["target"], random_state=0)
model = RandomForestClassifier(n_estimators=5, random_state=0).fit(X_train, y_train)
joblib.dump(model, "model.pkl")
with open("requirements.txt", "w") as file:
    file.write("mlflow==2.8.0\nscikit-learn==1.3.0\npandas==2.0.0\nnumpy==1.24.0\n")
expected = model.predict(X_test).tolist()

import mlflow


def logged_model():
    """The model of the snippet before this line, as it is found by the run's URI."""
    return mlflow.pyfunc.load_model(f"runs:/{mlflow.active_run().info.run_id}/model")


mlflow.set_experiment("guide 002")

# Logging Models
mlflow.start_run(run_name="logging")
import mlflow.sklearn

# Log sklearn model
mlflow.sklearn.log_model(
    model,
    "model",
    registered_model_name="IrisClassifier"
)
assert logged_model().predict(X_test).tolist() == expected
assert mlflow.pyfunc.load_model("models:/IrisClassifier/1").predict(X_test).tolist() == expected
mlflow.end_run()

# Custom Models (Python Function)
mlflow.start_run(run_name="custom")
import mlflow.pyfunc

# Define custom model class
class CustomModel(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        # Load artifacts
        self.model = joblib.load(context.artifacts["model_path"])

    def predict(self, context, model_input):
        return self.model.predict(model_input)

# Log custom model
mlflow.pyfunc.log_model(
    "model",
    python_model=CustomModel(),
    artifacts={"model_path": "model.pkl"}
)
assert logged_model().predict(X_test).tolist() == expected
mlflow.end_run()

# Using Conda
mlflow.start_run(run_name="conda")
# MLFlow automatically creates conda.yaml
mlflow.sklearn.log_model(
    model,
    "model",
    conda_env={
        "channels": ["defaults", "conda-forge"],
        "dependencies": [
            "python=3.9",
            "pip",
            {
                "pip": [
                    "mlflow==2.8.0",
                    "scikit-learn==1.3.0",
                    "pandas==2.0.0",
                    "numpy==1.24.0"
                ]
            }
        ]
    }
)
assert logged_model().predict(X_test).tolist() == expected
uri = f"runs:/{mlflow.active_run().info.run_id}/model"
assert "scikit-learn==1.3.0" in open(mlflow.pyfunc.get_model_dependencies(uri, format="conda")).read()
mlflow.end_run()

# Using requirements.txt
mlflow.start_run(run_name="requirements")
# MLFlow can use requirements.txt
mlflow.sklearn.log_model(
    model,
    "model",
    pip_requirements="requirements.txt"
)
uri = f"runs:/{mlflow.active_run().info.run_id}/model"
assert open(mlflow.pyfunc.get_model_dependencies(uri)).read() == open("requirements.txt").read().strip()
mlflow.end_run()

# Model Signatures
mlflow.start_run(run_name="signature")
from mlflow.models import infer_signature

# Infer signature from data
signature = infer_signature(X_train, y_train)

# Log model with signature
mlflow.sklearn.log_model(
    model,
    "model",
    signature=signature
)
try:
    logged_model().predict(X_test.drop(columns="feature2"))
except mlflow.MlflowException as error:
    print(error)
mlflow.end_run()

# Manual Signature
mlflow.start_run(run_name="manual")
from mlflow.models import ModelSignature
from mlflow.types import Schema, ColSpec

# Define input schema
input_schema = Schema([
    ColSpec("double", "feature1"),
    ColSpec("double", "feature2"),
    ColSpec("double", "feature3")
])

# Define output schema
output_schema = Schema([ColSpec("long", "prediction")])

# Create signature
signature = ModelSignature(inputs=input_schema, outputs=output_schema)

# Log with signature
mlflow.sklearn.log_model(model, "model", signature=signature)
assert logged_model().metadata.signature == signature
try:
    logged_model().predict(pd.DataFrame({"feature1": ["a"], "feature2": [1.0], "feature3": [1.0]}))
except mlflow.MlflowException as error:
    print(error)
mlflow.end_run()
