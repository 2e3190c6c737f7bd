# Guide 001: the snippets on tracking, in their order. First, what they assume.
from pathlib import Path

Path("model.pkl").write_bytes(b"a model")

# Experiment Tracking
import mlflow

# Start experiment tracking
with mlflow.start_run():
    # Log parameters
    mlflow.log_param("learning_rate", 0.001)
    mlflow.log_param("epochs", 100)
    
    # Log metrics
    mlflow.log_metric("accuracy", 0.95)
    mlflow.log_metric("loss", 0.05)
    
    # Log artifacts (files)
    mlflow.log_artifact("model.pkl")

# Set Experiment
mlflow.set_experiment("my_experiment")

with mlflow.start_run():
    # Your training code here
    pass

for accuracy in (0.5, 0.75):
    with mlflow.start_run():
        mlflow.log_metric("accuracy", accuracy)

# Query Experiments
from mlflow.tracking import MlflowClient

client = MlflowClient()

# Get all experiments
experiments = client.list_experiments()

# Get experiment by name
exp = client.get_experiment_by_name("my_experiment")
print(exp.experiment_id)

assert sorted(found.name for found in experiments) == ["Default", "my_experiment"]
exp_id = exp.experiment_id

# Search Runs
# Find best run by metric
best_run = client.search_runs(
    experiment_ids=[exp_id],
    order_by=["metrics.accuracy DESC"]
)[0]

print(f"Best accuracy: {best_run.data.metrics['accuracy']}")
