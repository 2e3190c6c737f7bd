# Guide 004, chapter 12.7.1, the comment that the page wraps in one line. The file that it logs is made first.
from pathlib import Path

Path("plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")

import mlflow

# Create a NEW experiment (if it doesn't exist yet)
mlflow.set_experiment('Wine-Classification-v2')

with mlflow.start_run():
    # Your code...
    mlflow.log_artifact("plot.png") # Should work if file:// location

from mlflow.tracking import MlflowClient
client = MlflowClient()
exp = client.get_experiment_by_name('Wine-Classification-v2')
print(f"Artifact location: {exp.artifact_location}")
# Make sure it says "file://" not "mlflow-artifacts://"
