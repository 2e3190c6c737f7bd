# Guide 004, chapter 12.9. What the page wraps inside of a string is one line.

import mlflow
from mlflow.tracking import MlflowClient

print(f"MLflow version: {mlflow.__version__}")
print(f"Tracking URI: {mlflow.get_tracking_uri()}")

client = MlflowClient()

# Check default experiment
exp = client.get_experiment("0")
print(f"\nDefault experiment artifact location: {exp.artifact_location}")

# Check YOUR custom experiment
exp = client.get_experiment_by_name('Your-Experiment-Name')
if exp:
    print(f"Your experiment artifact location: {exp.artifact_location}")

# If you see "mlflow-artifacts://...", you'll get the error
# with SQLite!
# If you see "file://...", you're safe!
