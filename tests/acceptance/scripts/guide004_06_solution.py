# Guide 004, chapter 6.4. The file that it logs is made first.
from pathlib import Path

Path("plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")

import mlflow

# Set tracking URI to MLflow server
mlflow.set_tracking_uri("http://127.0.0.1:5000")

# Now artifact logging will work
with mlflow.start_run():
    mlflow.log_artifact("plot.png") # Works!
