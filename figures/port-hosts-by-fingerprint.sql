-- title.en: Hosts per day by fingerprint
-- title.ja: 特徴別の1日あたりの攻撃ホスト数
-- unit: hosts
-- denominator: unique sources; one with several marks counts under each
-- chart: line
-- shape: days-by-fingerprint
-- classes: hosts
-- table: flows
-- columns: day:day, fingerprint:text, hosts:number, packets:number

-- A host of a day is named by its own packets (rule: docs/figures.md), so hosts are grouped first: packets of a host by mark, and those
-- that are SYNs, and those without a mark.
-- query: main
SELECT g_day AS m_day, {named_hosts} FROM (
  SELECT g_day, {mark_sums} FROM (
    SELECT {day} AS g_day, src, @mark_sums(@marks(facts, window, port, class), packets) AS g_sums
    FROM {rows} WHERE {where} GROUP BY {by_day}src
  ) AS grouped
) AS host_days GROUP BY g_day ORDER BY m_day
