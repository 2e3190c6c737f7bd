# Guide 004, chapter 7.1.2: Delete_Runs.py. "Run_ID" stands for the id of a run.

import mlflow

# Delete run by ID
mlflow.delete_run("Run_ID")
