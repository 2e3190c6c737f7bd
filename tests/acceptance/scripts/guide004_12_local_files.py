# Guide 004, chapter 12.7.4, without the line whose folder is on the drive S:. The file that it logs is made first.
from pathlib import Path

Path("plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")

import mlflow

# Use file-based tracking instead of SQLite
# or simply
mlflow.set_tracking_uri("./mlruns")

with mlflow.start_run():
    # Your code...
    mlflow.log_artifact("plot.png") # Works reliably!
