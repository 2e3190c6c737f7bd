"""Scripts that both sides run in a process of their own; each prints one JSON object."""

from __future__ import annotations

IMPORT = "import mlflow"

FIRST_RUN = """
import mlflow
with mlflow.start_run():
    mlflow.log_param("a", 1)
    mlflow.log_metric("b", 2.0)
"""

LOG_METRIC = """
import json, sys, time, logging
logging.disable(logging.INFO)
import mlflow
from mlflow.tracking import MlflowClient
if len(sys.argv) > 2:
    mlflow.set_tracking_uri(sys.argv[2])
client = MlflowClient()
run_id = client.create_run("0").info.run_id
client.log_metric(run_id, "warm", 1.0, step=0)
seconds = float(sys.argv[1])
count, slowest = 0, 0.0
cpu, started = time.process_time(), time.perf_counter()
while (before := time.perf_counter()) - started < seconds:
    client.log_metric(run_id, "loss", 0.5, timestamp=1700000000000 + count, step=count)
    slowest = max(slowest, time.perf_counter() - before)
    count += 1
wall = time.perf_counter() - started
print(json.dumps({"per_second": count / wall, "cpu_ms": (time.process_time() - cpu) / count * 1000, "slowest": slowest}))
"""

LOG_BATCH = """
import json, sys, time, logging
logging.disable(logging.INFO)
import mlflow
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
client = MlflowClient()
run_id = client.create_run("0").info.run_id
client.log_metric(run_id, "warm", 1.0, step=0)
seconds, keys = float(sys.argv[1]), int(sys.argv[2])
count = 0
started = time.perf_counter()
while time.perf_counter() - started < seconds or count < 2:
    points = [Metric(f"m{i % keys}", 0.5, 1700000000000 + count, count * 1000 + i) for i in range(1000)]
    client.log_batch(run_id, metrics=points)
    count += 1
print(json.dumps({"per_second": count / (time.perf_counter() - started)}))
"""
