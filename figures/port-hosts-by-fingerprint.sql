-- title.en: Hosts per day by fingerprint
-- title.ja: 特徴別の1日あたりの攻撃ホスト数
-- unit: hosts
-- denominator: unique sources; one with several marks counts under each
-- chart: line
-- shape: days-by-fingerprint
-- classes: hosts
-- table: flows
-- columns: day:day, fingerprint:text, hosts:number, packets:number

-- A host of a day is named by its own packets (rule: docs/figures.md), so hosts are grouped first. The marks of a packet are one
-- number, a bit a fingerprint, and a bit more for a SYN; rules that ask for `facts` only are answered after the first grouping.
-- query: main
SELECT g_day AS m_day, {named_hosts} FROM (
  SELECT g_day, src, {mark_sums} FROM (
    SELECT g_day, src, g_packets, g_row_marks + {facts_marks} AS g_marks FROM (
      SELECT g_day, src, facts, g_row_marks, g_packets, {is_syn} AS class FROM (
        SELECT {day} AS g_day, src, facts, {row_marks} AS g_row_marks, sum(packets) AS g_packets
        FROM {rows} WHERE {where} GROUP BY {day}, src, facts, {row_marks}
      ) AS grouped
    ) AS syns
  ) AS marked GROUP BY g_day, src
) AS host_days GROUP BY g_day ORDER BY m_day
