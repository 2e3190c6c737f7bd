# Guide 004, chapter 12.6.

import mlflow
from mlflow.tracking import MlflowClient

client = MlflowClient()

# Check specific experiment by name
exp = client.get_experiment_by_name('Your-Experiment-Name')
print(f"Artifact Location: {exp.artifact_location}")

# If it shows "mlflow-artifacts://..." -> You'll get the error!
# If it shows "file://..." -> You're safe!
