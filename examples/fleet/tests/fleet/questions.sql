-- Questions whose plans differ: few and many tasks, stages, joins, windows, limits. Their answers do not depend on the
-- order in which rows are found.

SELECT count(*), count(DISTINCT target), sum(cardinality(labels)) FROM samples;
SELECT target, family, count(*), min(value), max(value) FROM samples GROUP BY target, family;
SELECT * FROM samples WHERE name = 'go_goroutines' OR type = 'summary';
SELECT * FROM errors;
SELECT count(*) FROM samples WHERE labels['code'] IN ('200', '500') OR labels['code'] IS NULL;
SELECT count(*) FROM samples WHERE target LIKE 'p%';
SELECT count(*) FROM samples WHERE target = 'nobody';
SELECT target, code, value FROM promhttp_metric_handler_requests_total WHERE code = '200';
SELECT DISTINCT target FROM samples WHERE target NOT IN (SELECT target FROM samples WHERE name =
  'process_cpu_seconds_total') ORDER BY 1 LIMIT 5;
SELECT count(*) FROM (SELECT DISTINCT target FROM samples LIMIT 9);
SELECT name, labels FROM samples WHERE target LIKE 'caddy%' EXCEPT SELECT name, labels FROM samples WHERE target
  LIKE 'client%';
SELECT a.target, a.name, a.value - b.value FROM samples a JOIN samples b ON a.target = b.target AND a.name = b.name
  AND a.labels = b.labels WHERE a.type = 'gauge' ORDER BY a.target, a.name, a.labels['version'] LIMIT 20;
SELECT target, name, rank() OVER (PARTITION BY target ORDER BY value DESC, name) FROM samples WHERE type = 'counter'
  AND target < 'd';
SELECT type, count(*) FROM samples GROUP BY type HAVING count(*) > 10 UNION ALL SELECT kind, count(*) FROM errors
  GROUP BY kind;
SELECT s.target, s.name, e.kind FROM samples s LEFT JOIN errors e ON s.target = e.target WHERE s.type='gauge';
SELECT coalesce(a.target,b.target) t, a.n, b.n FROM (SELECT target, count(*) n FROM samples WHERE type='counter'
  GROUP BY target) a FULL JOIN (SELECT target, count(*) n FROM samples WHERE type='summary' GROUP BY target) b ON
  a.target=b.target;
SELECT DISTINCT target FROM samples a WHERE EXISTS (SELECT 1 FROM errors e WHERE e.target=a.target);
SELECT DISTINCT target FROM samples a WHERE NOT EXISTS (SELECT 1 FROM samples e WHERE e.target=a.target AND
  e.name='go_goroutines') ORDER BY target LIMIT 7;
SELECT target, count(*) FROM samples WHERE target IN (SELECT target FROM samples WHERE name='go_goroutines') GROUP
  BY target;
SELECT target, value FROM samples WHERE name='go_goroutines' AND value > (SELECT avg(value) FROM samples WHERE
  name='go_goroutines');
SELECT target, (SELECT count(*) FROM errors e WHERE e.target = s.target) n FROM (SELECT DISTINCT target FROM
  samples) s;
SELECT name FROM samples WHERE type='gauge' INTERSECT SELECT name FROM samples WHERE target LIKE 'node%';
SELECT target, name, value, sum(value) OVER (PARTITION BY target ORDER BY name, value ROWS BETWEEN 1 PRECEDING AND
  CURRENT ROW) FROM samples WHERE name LIKE 'process_%';
SELECT DISTINCT ON (target) target, name FROM samples ORDER BY target, name;
SELECT type, unit, count(*) FROM samples GROUP BY ROLLUP(type, unit);
SELECT type, unit, count(*) FROM samples GROUP BY GROUPING SETS ((type),(unit),());
SELECT target, unnest(map_keys(labels)) k FROM samples WHERE type='gauge';
SELECT target, name FROM samples ORDER BY target DESC, name, labels['cpu'], labels['mode'], value LIMIT 10 OFFSET 25;
SELECT count(*) FROM (SELECT * FROM samples LIMIT 100);
SELECT count(*) FROM (SELECT * FROM samples WHERE type='gauge' LIMIT 100 OFFSET 20);
SELECT target, count(DISTINCT name), count(DISTINCT family) FROM samples GROUP BY target;
SELECT type, string_agg(target, ',' ORDER BY target) FROM (SELECT DISTINCT type, target FROM samples) GROUP BY type;
SELECT type, array_sort(array_agg(DISTINCT target)) FROM samples GROUP BY type;
WITH c AS (SELECT target, count(*) n FROM samples GROUP BY target) SELECT a.target, b.target FROM c a JOIN c b ON
  a.n = b.n AND a.target < b.target;
WITH c AS (SELECT target, count(*) n FROM samples GROUP BY target) SELECT a.target, a.n FROM c a, (SELECT max(n) m
  FROM c) WHERE n = m;
SELECT a.target FROM samples a JOIN samples b ON a.target=b.target AND a.name='go_goroutines' AND
  b.name='process_open_fds' ORDER BY a.target LIMIT 4;
SELECT a.target FROM samples a LEFT JOIN samples b ON a.target=b.target AND b.name='process_open_fds' WHERE
  a.name='go_goroutines' AND b.name IS NULL ORDER BY a.target LIMIT 4;
SELECT a.target, b.name FROM samples a RIGHT JOIN samples b ON a.target=b.target AND a.name='nothing' WHERE
  b.type='summary' ORDER BY b.name, b.target, b.labels['quantile'] LIMIT 12;
SELECT target, max(value) m FROM samples WHERE NOT isnan(value) GROUP BY target ORDER BY m DESC, target LIMIT 5;
SELECT target, min(name) m FROM samples GROUP BY target ORDER BY m, target LIMIT 5;
SELECT name, labels, count(*) c FROM samples GROUP BY name, labels ORDER BY c DESC, name, labels LIMIT 9;
SELECT DISTINCT name FROM samples ORDER BY name DESC LIMIT 11;
SELECT name FROM samples GROUP BY name ORDER BY name LIMIT 11;
SELECT target, first_value(name ORDER BY name) FROM samples GROUP BY target;
SELECT corr(a.value, b.value) IS NULL, count(*) FROM samples a JOIN samples b ON a.name=b.name AND a.labels=b.labels
  WHERE a.type='gauge';
SELECT count(*) FROM samples a CROSS JOIN errors b WHERE a.name='go_goroutines';
SELECT date_trunc('day', scraped_at) IS NOT NULL d, count(*) FROM samples GROUP BY 1;
SELECT count(exemplars), count(native_histogram), count(timestamp), count(start_timestamp) FROM samples;
SELECT target, exemplars FROM samples WHERE exemplars IS NOT NULL;
SELECT target, name, row_number() OVER (ORDER BY target, name, value, labels) r FROM samples WHERE type='summary';
SELECT target, ntile(3) OVER (ORDER BY n, target) FROM (SELECT target, count(*) n FROM samples GROUP BY target);
SELECT a.type, count(*) FROM samples a WHERE a.target NOT IN (SELECT target FROM errors) GROUP BY a.type;
(SELECT target, 'x' k FROM samples WHERE name='go_goroutines' ORDER BY target LIMIT 3) UNION ALL (SELECT target, 'y'
  FROM samples WHERE name='process_open_fds' ORDER BY target DESC LIMIT 3);
SELECT target FROM (SELECT target, rank() OVER (PARTITION BY type ORDER BY value DESC, target, name) r, type FROM
  samples WHERE NOT isnan(value) AND type IN ('gauge','counter')) WHERE r <= 3;
