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
-- number, a bit a fingerprint, and a bit more for a SYN.
-- query: main
SELECT g_day AS m_day, {named_hosts} FROM (
  SELECT g_day, src, {mark_sums} FROM (
    SELECT {day} AS g_day, src, {marks_and_syn} AS g_marks, sum(packets) AS g_packets
    FROM {rows} WHERE {where} GROUP BY {day}, src, {marks_and_syn}
  ) AS marked GROUP BY g_day, src
) AS host_days GROUP BY g_day ORDER BY m_day
