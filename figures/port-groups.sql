-- title.en: Share of packets by group of ports
-- title.ja: ポートの種類別のパケット数の割合
-- unit: packets
-- denominator: packets of all classes
-- chart: share
-- shape: port-groups
-- table: flows
-- columns: group:text, packets:number, share:percent
-- parameters: groups

-- What a row is (a port, backscatter, ICMP, a fragment) is told after the query. A port of backscatter is that of a victim.
-- query: ports
SELECT protocol, class, CASE WHEN class = 2 THEN 0 ELSE port END AS m_port, sum(packets) AS m_packets FROM {rows}
WHERE {where} GROUP BY protocol, class, CASE WHEN class = 2 THEN 0 ELSE port END
