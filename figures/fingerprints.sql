-- title.en: Fingerprints of TCP SYN packets
-- title.ja: TCP SYNパケットの特徴
-- unit: packets
-- denominator: TCP SYN packets (class scan); one with several marks counts under each
-- chart: bar
-- shape: fingerprints
-- table: flows
-- columns: fingerprint:text, packets:number, share:percent, hosts:number, chance_packets:decimal

-- The marks of a packet are one number, a bit a fingerprint, and a bit more for none. Most rules ask for `facts` only: they are
-- answered once for all packets of a host with equal facts. One pass over the rows gives packets (0) and hosts (1).
-- query: main
WITH grouped AS (
  SELECT src, facts, {row_marks} AS g_row_marks, sum(packets) AS g_packets FROM {rows} WHERE {where} AND class = 1
  GROUP BY src, facts, {row_marks}
), tagged AS (
  SELECT src, g_packets, g_row_marks + {facts_marks} AS g_marks FROM (SELECT src, facts, g_row_marks, g_packets, 1 AS class FROM grouped) AS syns
), marked AS (
  SELECT src, g_packets, CASE WHEN g_marks = 0 THEN {unmarked} ELSE g_marks END AS g_marks FROM tagged
)
SELECT 0 AS m_of_hosts, g_marks AS m_marks, sum(g_packets) AS m_number FROM marked GROUP BY g_marks
UNION ALL
SELECT 1, g_seen, count(*) FROM (SELECT src, @bit_or(g_marks) AS g_seen FROM marked GROUP BY src) AS hosts GROUP BY g_seen
