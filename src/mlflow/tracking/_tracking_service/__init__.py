"""Where packages for MLflow import the choice of the store from."""
