"""The version this package reports.

`VERSION` is the MLflow API level that we are compatible with, which third-party packages
compare against, followed by our own version as its local part (PEP 440).
"""

API_LEVEL = "3.17.2"
HEADRACE_VERSION = "0.1.0"
VERSION = f"{API_LEVEL}+headrace.{HEADRACE_VERSION}"
