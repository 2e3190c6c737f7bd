# Written by scripts/generate.py from the table in __init__.py, sorted by name.
# ruff: noqa: I001

from mlflow.entities.dataset import Dataset as Dataset
from mlflow.entities.run_inputs import DatasetInput as DatasetInput
from mlflow.entities.experiment import Experiment as Experiment
from mlflow.entities.tag import ExperimentTag as ExperimentTag
from mlflow.entities.file_info import FileInfo as FileInfo
from mlflow.entities.tag import InputTag as InputTag
from mlflow.entities.lifecycle_stage import LifecycleStage as LifecycleStage
from mlflow.entities.logged_model import LoggedModel as LoggedModel
from mlflow.entities.run_inputs import LoggedModelInput as LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput as LoggedModelOutput
from mlflow.entities.logged_model_parameter import LoggedModelParameter as LoggedModelParameter
from mlflow.entities.logged_model_status import LoggedModelStatus as LoggedModelStatus
from mlflow.entities.tag import LoggedModelTag as LoggedModelTag
from mlflow.entities.metric import Metric as Metric
from mlflow.entities.param import Param as Param
from mlflow.entities.run import Run as Run
from mlflow.entities.run_data import RunData as RunData
from mlflow.entities.run_info import RunInfo as RunInfo
from mlflow.entities.run_inputs import RunInputs as RunInputs
from mlflow.entities.run_outputs import RunOutputs as RunOutputs
from mlflow.entities.run_status import RunStatus as RunStatus
from mlflow.entities.tag import RunTag as RunTag
from mlflow.entities.source_type import SourceType as SourceType
from mlflow.entities.view_type import ViewType as ViewType
from mlflow.entities.webhook import Webhook as Webhook
from mlflow.entities.webhook import WebhookAction as WebhookAction
from mlflow.entities.webhook import WebhookDelivery as WebhookDelivery
from mlflow.entities.webhook import WebhookEntity as WebhookEntity
from mlflow.entities.webhook import WebhookEvent as WebhookEvent
from mlflow.entities.webhook import WebhookStatus as WebhookStatus
from mlflow.entities.webhook import WebhookTestResult as WebhookTestResult
from mlflow.entities.dataset import _DatasetSummary as _DatasetSummary
