-- title.en: Top sources
-- title.ja: 送信元の上位
-- unit: packets
-- denominator: packets of all classes
-- chart: table
-- shape: sources
-- table: flows
-- columns: source:text, country:country, asn:asn, packets:number, ports:number, class:text, first:time, last:time
-- parameters: top

-- IPv6 sources are /64 networks, as hosts are counted.
-- query: main
SELECT src, sum(packets) AS m_packets FROM {rows} WHERE {where} GROUP BY src ORDER BY m_packets DESC, src LIMIT {top}

-- query: details
SELECT src, max(ip_version) AS m_version, sum(packets) AS m_packets, max(country) AS m_country, max(asn) AS m_asn,
  count(DISTINCT CASE WHEN protocol IN (6, 17, 33, 132, 136) THEN protocol * 65536 + port END) AS m_ports,
  sum(CASE WHEN class = 1 THEN packets ELSE 0 END) AS m_class_1,
  sum(CASE WHEN class = 2 THEN packets ELSE 0 END) AS m_class_2,
  sum(CASE WHEN class = 3 THEN packets ELSE 0 END) AS m_class_3,
  sum(CASE WHEN class = 4 THEN packets ELSE 0 END) AS m_class_4,
  sum(CASE WHEN class = 5 THEN packets ELSE 0 END) AS m_class_5,
  min(@after(hour, first)) AS m_first, max(@after(hour, first + span)) AS m_last
FROM {rows} WHERE {where} AND src IN ({sources}) GROUP BY src
