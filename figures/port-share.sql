-- title.en: Share of packets by destination port
-- title.ja: 宛先ポート別のパケット数の割合
-- unit: packets
-- denominator: packets of all classes
-- chart: share
-- shape: port-share
-- table: flows
-- columns: rank:number, protocol:text, port:mixed, service:text, packets:number, share:percent, hosts:number
-- parameters: top, compare

-- Rows are ports of scan, request and other packets. A packet of class other without a port is a fragment (or aims at port 0 with
-- flags that nobody sends); it counts as part of "other".
-- query: ports
SELECT protocol, port, sum(packets) AS m_packets FROM {rows}
WHERE {where} AND protocol IN (6, 17, 33, 132, 136) AND class IN (1, 3, 5) AND NOT (class = 5 AND port = 0)
GROUP BY protocol, port ORDER BY m_packets DESC, protocol, port LIMIT {top}

-- query: chosen
SELECT protocol, port, sum(packets) AS m_packets, @hosts(CASE WHEN {host_classes} THEN src END) AS m_hosts FROM {rows}
WHERE {where} AND {ports} AND class IN (1, 3, 5) AND NOT (class = 5 AND port = 0)
GROUP BY protocol, port

-- query: parts
SELECT sum(packets) AS m_total,
  sum(CASE WHEN class = 2 THEN packets ELSE 0 END) AS m_backscatter,
  sum(CASE WHEN class <> 2 AND protocol IN (1, 58) THEN packets ELSE 0 END) AS m_icmp,
  sum(CASE WHEN class IN (1, 3, 5) AND protocol IN (6, 17, 33, 132, 136) AND NOT (class = 5 AND port = 0) THEN packets ELSE 0 END) AS m_ports
FROM {rows} WHERE {where}
