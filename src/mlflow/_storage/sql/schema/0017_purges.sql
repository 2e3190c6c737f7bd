-- Files of what was purged: the rows are gone, the files are to be deleted.

CREATE TABLE purged_files (
  id $IDENTITY,
  root BIGINT,               -- as in experiment
  location $TEXT NOT NULL,   -- the folder: key below the root, or a URI
  name $TEXT NOT NULL        -- whose they were, for messages
);
