-- title.en: Packets per day
-- title.ja: 1日あたりの観測パケット数
-- unit: packets
-- denominator: packets of all classes
-- chart: line
-- shape: days
-- table: flows
-- columns: day:day, tcp:number, udp:number, icmp:number, other:number, total:number

-- query: main
SELECT {day} AS m_day,
  sum(CASE WHEN protocol = 6 THEN packets ELSE 0 END) AS m_tcp,
  sum(CASE WHEN protocol = 17 THEN packets ELSE 0 END) AS m_udp,
  sum(CASE WHEN protocol IN (1, 58) THEN packets ELSE 0 END) AS m_icmp,
  sum(CASE WHEN protocol IN (1, 6, 17, 58) THEN 0 ELSE packets END) AS m_other,
  sum(packets) AS m_total
FROM {rows} WHERE {where} GROUP BY {day} ORDER BY m_day

-- query: minutes
SELECT {day} AS m_day,
  sum(CASE WHEN protocol = 6 THEN packets ELSE 0 END) AS m_tcp,
  sum(CASE WHEN protocol = 17 THEN packets ELSE 0 END) AS m_udp,
  sum(CASE WHEN protocol IN (1, 58) THEN packets ELSE 0 END) AS m_icmp,
  sum(CASE WHEN protocol IN (1, 6, 17, 58) THEN 0 ELSE packets END) AS m_other,
  sum(packets) AS m_total
FROM minutes WHERE {where} GROUP BY {day} ORDER BY m_day
