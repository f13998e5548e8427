-- title.en: Hosts per day
-- title.ja: 1日あたりの攻撃ホスト数
-- unit: hosts
-- denominator: unique sources
-- chart: line
-- shape: days
-- classes: hosts
-- table: flows
-- columns: day:day, tcp:number, udp:number, icmp:number, total:number

-- query: main
SELECT {day} AS m_day,
  @hosts(CASE WHEN protocol = 6 THEN src END) AS m_tcp,
  @hosts(CASE WHEN protocol = 17 THEN src END) AS m_udp,
  @hosts(CASE WHEN protocol IN (1, 58) THEN src END) AS m_icmp,
  @hosts(src) AS m_total
FROM {rows} WHERE {where} GROUP BY {day} ORDER BY m_day

-- query: counts level=protocol,total
SELECT {day} AS m_day,
  sum(CASE WHEN level = 'protocol' AND protocol = 6 THEN hosts ELSE 0 END) AS m_tcp,
  sum(CASE WHEN level = 'protocol' AND protocol = 17 THEN hosts ELSE 0 END) AS m_udp,
  sum(CASE WHEN level = 'protocol' AND protocol IN (1, 58) THEN hosts ELSE 0 END) AS m_icmp,
  sum(CASE WHEN level = 'total' THEN hosts ELSE 0 END) AS m_total
FROM counts WHERE {where} GROUP BY {day} ORDER BY m_day
