-- title.en: Hosts and packets per day
-- title.ja: 1日あたりの攻撃ホスト数とパケット数
-- unit: hosts
-- denominator: unique sources and their packets
-- chart: line
-- shape: days
-- classes: hosts
-- table: flows
-- columns: day:day, hosts:number, packets:number

-- query: main
SELECT {day} AS m_day, @hosts(src) AS m_hosts, sum(packets) AS m_packets
FROM {rows} WHERE {where} GROUP BY {day} ORDER BY m_day

-- query: counts level=any
SELECT {day} AS m_day, sum(hosts) AS m_hosts, sum(packets) AS m_packets
FROM counts WHERE {where} GROUP BY {day} ORDER BY m_day
