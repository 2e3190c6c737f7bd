-- Orders by any aggregate of a metric read this index instead of every summary.

DROP INDEX metric_by_value;
CREATE INDEX metric_by_value ON metric (experiment, key, value, run, min, max, first, total, points, nans);
