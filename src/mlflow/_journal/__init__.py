"""Logging that survives: calls are appended to a local file, and sent to the server in the background.

A process appends to a journal of its own, a folder below `MLFLOW_JOURNAL_DIR`::

    mljournal/
      20261121T172654-4711-9f3a1c/     one process
        lock                           held by the process that writes or sends it
        00000001.journal               records, in the format of `frames.py` and `records.py`
        position                       up to where the server has acknowledged them
        spool/                         copies of artifacts that wait
        refused.journal                records that the server refused, with the reason

What the server has acknowledged is deleted, and so is a journal without a rest. Whatever a crash leaves is sent
again: every record does the same thing once and twice. The layers are `frames` (bytes), `records` (calls),
`folder` (one journal on disk), `journal` (its writer), `delivery` (records to calls of a store), `sender` (the thread
that does so), and `store` with its nouns (what the rest of the program sees).
"""
