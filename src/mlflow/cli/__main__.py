"""`python -m mlflow.cli`."""

from mlflow.cli import main

main()
