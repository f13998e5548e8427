-- title.en: Share of packets by destination port
-- title.ja: 宛先ポート別のパケット数の割合
-- unit: packets
-- denominator: packets of all classes
-- chart: share
-- shape: port-share
-- table: flows
-- columns: rank:number, protocol:text, port:mixed, service:text, packets:number, share:percent, hosts:number
-- parameters: top, compare

-- What a row is (a port, backscatter, ICMP, a fragment) is told after the query. A port of backscatter is that of a victim.
-- query: ports
SELECT protocol, class, CASE WHEN class = 2 THEN 0 ELSE port END AS m_port, sum(packets) AS m_packets FROM {rows}
WHERE {where} GROUP BY protocol, class, CASE WHEN class = 2 THEN 0 ELSE port END

-- query: hosts
SELECT port, @hosts(src) AS m_hosts FROM {rows}
WHERE {where} AND protocol = {protocol} AND port IN ({ports}) AND {port_host_classes} AND NOT (class = 5 AND port = 0)
GROUP BY port
