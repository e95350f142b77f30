-- The latest date of each column, newest observation first, from a journal folder: duckdb -c ".read freshness.sql" in DIR/journal.
-- A segment that is being written may end in half a line, so lines that are no JSON are passed over. Compressed segments
-- (….jsonl.zst) are read too; of a segment in both forms each line is taken once, by its id.
WITH lines AS (
    SELECT DISTINCT ON (id) *
    FROM read_json(
        ['observations-*.jsonl*'],
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            id: 'VARCHAR', seq: 'BIGINT', kind: 'VARCHAR', target: 'VARCHAR', outcome: 'VARCHAR',
            subject: 'STRUCT(code VARCHAR, name VARCHAR, region VARCHAR)',
            "column": 'STRUCT(name VARCHAR, category VARCHAR)',
            reading: 'STRUCT(state VARCHAR, newest VARCHAR, items BIGINT)'
        }
    )
)
SELECT subject.region AS region, subject.name AS site, "column".name AS "column", target, "column".category AS category,
       arg_max(reading.newest, seq) AS newest, max(seq) AS seq
FROM lines
WHERE kind = 'column' AND outcome = 'ok' AND reading.newest IS NOT NULL
GROUP BY ALL
ORDER BY newest, region, site;
