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

LOG_IN_BACKGROUND = """
import json, os, sys, time, logging
logging.disable(logging.INFO)
os.environ[sys.argv[3]] = "true"
import mlflow
mlflow.set_tracking_uri(sys.argv[2])
mlflow.start_run()
mlflow.log_metric("warm", 1.0, step=0)
seconds = float(sys.argv[1])
# As a training does it: a few calls now and then, not one after the other without end.
times, until = [], time.perf_counter() + seconds
while time.perf_counter() < until:
    for i in range(10):
        before = time.perf_counter()
        mlflow.log_metric("loss", 0.5, step=len(times))
        times.append(time.perf_counter() - before)
    time.sleep(0.002)
times.sort()
print(json.dumps({"median_us": times[len(times) // 2] * 1e6, "p99_us": times[len(times) * 99 // 100] * 1e6}), flush=True)
os._exit(0)
"""

LOG_MODELS = """
import json, os, statistics, sys, tempfile, time, logging, warnings
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
import mlflow
import mlflow.sklearn
import numpy
import pandas
from sklearn.linear_model import LogisticRegression
mlflow.set_tracking_uri(sys.argv[1])
X = numpy.random.default_rng(0).random((100, 4))
model = LogisticRegression().fit(X, X[:, 0] > 0.5)
def timed(call, times=1):
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        found = call()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), found
with mlflow.start_run():
    first, info = timed(lambda: mlflow.sklearn.log_model(model, "model"))
    later, info = timed(lambda: mlflow.sklearn.log_model(model, "model"), 3)
mlflow.pyfunc.load_model(info.model_uri)
load, loaded = timed(lambda: mlflow.pyfunc.load_model(info.model_uri), 5)
frame = pandas.DataFrame(X, columns=list("abcd"))
model = LogisticRegression().fit(frame, X[:, 0] > 0.5)
mlflow.sklearn.save_model(model, "signed", signature=mlflow.models.infer_signature(frame, model.predict(frame)))
signed, row = mlflow.pyfunc.load_model("signed"), frame[:1]
signed.predict(row)
answer, _ = timed(lambda: signed.predict(row), 500)
library, _ = timed(lambda: model.predict(row), 500)
share = max(answer - library, 1e-6)
print(json.dumps({"first": first, "later": later, "load": load, "answer": answer, "share": share}), flush=True)
"""

LOAD_LARGE_MODEL = """
import json, os, sys, time, logging, warnings
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
import mlflow.pyfunc
import numpy
class Large(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.weights = numpy.fromfile(context.artifacts["weights"], dtype=numpy.uint8)
    def predict(self, context, model_input, params=None):
        return self.weights[:1]
numpy.random.default_rng(0).integers(0, 255, 1 << 30, dtype=numpy.uint8).tofile("weights")
mlflow.pyfunc.save_model(
    "large", python_model=Large(), artifacts={"weights": "weights"}, pip_requirements=["mlflow"]
)
os.remove("weights")
file = os.open("large/artifacts/weights", os.O_RDONLY)
os.fsync(file)
def from_disk(call):
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
def read():
    with open("large/artifacts/weights", "rb", buffering=0) as stream:
        while stream.read(1 << 20):
            pass
def load():
    mlflow.pyfunc.load_model("large")
disk, first, later = from_disk(read), from_disk(load), from_disk(load)
started = time.perf_counter()
load()
memory = time.perf_counter() - started
print(json.dumps({"disk": disk, "first": first, "later": later, "memory": memory}), flush=True)
"""
