# Guide 004, chapter 5: the snippets in their order, TensorFlow and PyTorch excepted. First, what they assume.
from pathlib import Path

import mlflow
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

train_dataframe = load_iris(as_frame=True).frame.iloc[::2]
test_dataframe = load_iris(as_frame=True).frame.iloc[1::2]
model = DecisionTreeClassifier(random_state=0).fit(train_dataframe.drop(columns="target"), train_dataframe["target"])
Path("confusion_matrix.png").write_bytes(b"\x89PNG\r\n\x1a\n")
Path("model_summary.txt").write_text("a tree")
Path("plots").mkdir()
Path("plots/loss.txt").write_text("going down")

# 5.1.1
mlflow.log_metric('accuracy', 0.95)
mlflow.log_metric('precision', 0.92)
mlflow.log_metric('recall', 0.94)
mlflow.log_metric('f1_score', 0.93)
mlflow.log_metric('auc', 0.96)

# 5.1.2
mlflow.log_param('learning_rate', 0.01)
mlflow.log_param('n_estimators', 100)
mlflow.log_param('max_depth', 10)
mlflow.log_param('test_size', 0.2)

# 5.1.3
# Log individual files
mlflow.log_artifact("confusion_matrix.png")
mlflow.log_artifact("model_summary.txt")
mlflow.log_artifact(__file__) # Current script

# Log entire directory
mlflow.log_artifacts("plots/")

# 5.1.4
# Log scikit-learn model
mlflow.sklearn.log_model(model, "model")

# 5.1.5
mlflow.set_tags({
    "Author": "Sujil S",
    "Project": "Wine Classification",
    "Model": "RandomForest",
    "Environment": "GPU"
})

# 5.1.6
# Log current script
mlflow.log_artifact(__file__)

# Git information is automatically captured
# Dependencies can be logged with conda or requirements

# 5.1.7
import mlflow.data

# Log training data
train_df = mlflow.data.from_pandas(train_dataframe)
mlflow.log_input(train_df, "training")

# Log test data
test_df = mlflow.data.from_pandas(test_dataframe)
mlflow.log_input(test_df, "testing")
