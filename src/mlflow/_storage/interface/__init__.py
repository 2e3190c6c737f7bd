"""The contract of every store, one Protocol per noun.

What holds for all of them:

* Methods may be called from any number of threads at once.
* A method that returns has made its change durable: it survives the death of the process and of the machine.
* A method that raises has changed nothing; only where the connection to a database or a server broke while it
  answered is that not known, and the message says so.
* Text that databases do not store (NUL characters, lone surrogates) is refused, never changed.
* Values that were returned are never changed later.
* Ids are text as users see them; numbers are the store's own affair.
* Searches take the text of the search language (`mlflow._search`) and raise `InvalidParameterValue` for
  text that does not parse, naming the position.

Errors that every method may raise beside its own: `StorageUnavailable` when the database or the server
cannot be used, `InvalidParameterValue` when an argument breaks a rule of `mlflow._storage.validation`.
"""
