-- title.en: Fingerprints of TCP SYN packets
-- title.ja: TCP SYNパケットの特徴
-- unit: packets
-- denominator: TCP SYN packets (class scan); one with several marks counts under each
-- chart: bar
-- shape: fingerprints
-- table: flows
-- columns: fingerprint:text, packets:number, share:percent, hosts:number, chance_packets:decimal

-- The marks of a packet are one number, a bit a fingerprint; 0 is none.
-- query: packets
SELECT {marks} AS g_marks, sum(packets) AS m_packets FROM {rows} WHERE {where} AND class = 1 GROUP BY {marks}

-- query: hosts
SELECT g_seen AS m_seen, count(*) AS m_hosts FROM (
  SELECT src, @bit_or(CASE WHEN g_marks = 0 THEN {unmarked} ELSE g_marks END) AS g_seen FROM (
    SELECT src, {marks} AS g_marks FROM {rows} WHERE {where} AND class = 1
  ) AS marked GROUP BY src
) AS hosts GROUP BY g_seen
