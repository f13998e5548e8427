-- title.en: Share of packets by group of ports
-- title.ja: ポートの種類別のパケット数の割合
-- unit: packets
-- denominator: packets of all classes
-- chart: share
-- shape: port-groups
-- table: flows
-- columns: group:text, packets:number, share:percent
-- parameters: groups

-- query: chosen
SELECT protocol, port, sum(packets) AS m_packets FROM {rows}
WHERE {where} AND {ports} AND class IN (1, 3, 5) AND NOT (class = 5 AND port = 0)
GROUP BY protocol, port

-- query: parts
SELECT sum(packets) AS m_total,
  sum(CASE WHEN class = 2 THEN packets ELSE 0 END) AS m_backscatter,
  sum(CASE WHEN class <> 2 AND protocol IN (1, 58) THEN packets ELSE 0 END) AS m_icmp,
  sum(CASE WHEN class IN (1, 3, 5) AND protocol IN (6, 17, 33, 132, 136) AND NOT (class = 5 AND port = 0) THEN packets ELSE 0 END) AS m_ports
FROM {rows} WHERE {where}
