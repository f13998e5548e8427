-- title.en: Networks
-- title.ja: 送信元のAS
-- unit: packets
-- denominator: packets of these classes
-- chart: bar
-- shape: ranked
-- classes: hosts
-- table: flows
-- columns: asn:asn, name:as_name, hosts:number, packets:number, share:percent
-- parameters: top

-- query: main
SELECT asn, @hosts(src) AS m_hosts, sum(packets) AS m_packets FROM {rows}
WHERE {where} GROUP BY asn ORDER BY m_packets DESC, asn LIMIT {top}

-- query: total
SELECT sum(packets) AS m_packets FROM {rows} WHERE {where}

-- query: counts dimension=asn
SELECT @number(value) AS m_asn, sum(hosts) AS m_hosts, sum(packets) AS m_packets FROM counts
WHERE {where} GROUP BY value ORDER BY m_packets DESC, m_asn LIMIT {top}

-- query: counts-total
SELECT sum(packets) AS m_packets FROM counts WHERE {where}
