"""The form of the ledger: how events are sealed, chained and proven. It knows no database and no network."""
