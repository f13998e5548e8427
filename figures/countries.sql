-- title.en: Countries
-- title.ja: 送信元の国
-- unit: packets
-- denominator: packets of these classes
-- chart: bar
-- shape: ranked
-- classes: hosts
-- table: flows
-- columns: country:country, hosts:number, packets:number, share:percent
-- parameters: top

-- query: main
SELECT country, @hosts(src) AS m_hosts, sum(packets) AS m_packets FROM {rows}
WHERE {where} GROUP BY country ORDER BY m_packets DESC, country LIMIT {top}

-- query: total
SELECT sum(packets) AS m_packets FROM {rows} WHERE {where}

-- query: counts dimension=country
SELECT value AS m_country, sum(hosts) AS m_hosts, sum(packets) AS m_packets FROM counts
WHERE {where} GROUP BY value ORDER BY m_packets DESC, value LIMIT {top}

-- query: counts-total
SELECT sum(packets) AS m_packets FROM counts WHERE {where}
