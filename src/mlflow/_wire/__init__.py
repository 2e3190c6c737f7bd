"""The HTTP contract: routes, requests, responses, and how entities become JSON."""
