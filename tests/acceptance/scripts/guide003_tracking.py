# Guide 003, "Basic Tracking Example". First, what it assumes.
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

X_train, X_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True), random_state=0)

import mlflow
import mlflow.sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score

with mlflow.start_run():
    clf = RandomForestClassifier(max_depth=3)
    clf.fit(X_train, y_train)
    preds = clf.predict(X_test)
    acc = accuracy_score(y_test, preds)

    mlflow.log_param("max_depth", 3)
    mlflow.log_metric("accuracy", acc)
    mlflow.sklearn.log_model(clf, "model")
