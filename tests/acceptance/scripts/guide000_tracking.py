# Guide 000, sections 3, 4 and 6 without the registry. First, what they assume.
from sklearn.ensemble import RandomForestRegressor

model = RandomForestRegressor(n_estimators=5, random_state=0).fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0])
value = 0.25

# 3 and 4
import mlflow
mlflow.set_tracking_uri("http://127.0.0.1:5000")
mlflow.set_experiment("experiment-name")

with mlflow.start_run():
    # log params, metrics, models here
    mlflow.log_param("param_name", value)
    mlflow.log_metric("metric_name", value)
    mlflow.sklearn.log_model(model, "model")

for rmse in (0.3, 0.1, 0.2):
    with mlflow.start_run():
        mlflow.log_metric("rmse", rmse)
experiment_id = mlflow.get_experiment_by_name("experiment-name").experiment_id

# 6
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri="http://127.0.0.1:5000")

runs = client.search_runs(
    experiment_ids=[experiment_id],
    order_by=["metrics.rmse ASC"],
    max_results=5
)
best_run = runs[0]

assert best_run.data.metrics["rmse"] == 0.1
