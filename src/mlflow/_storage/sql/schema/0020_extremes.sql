-- Orders by the minimum or maximum of a metric read this index instead of every summary. An entry is written whenever
-- the last value changes anyway.

DROP INDEX metric_by_value;
CREATE INDEX metric_by_value ON metric (experiment, key, value, run, min, max);
