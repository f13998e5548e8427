-- title.en: Scan events
-- title.ja: スキャンイベント
-- unit: packets
-- denominator: packets of the events that began in the span
-- chart: table
-- shape: scan-events
-- table: scans
-- columns: source:text, country:country, asn:asn, protocol:text, port:code, class:text, sensor:text, first:time, last:time, packets:number, share:percent, destinations:number, rate:decimal, timeout:number, ended:text
-- parameters: top

-- query: main
SELECT src, protocol, port, class, sensor, first, last, packets, @destinations(dst_bits, addresses) AS m_destinations, rate, timeout, open, country, asn
FROM {rows} WHERE {where} AND kept = 1 ORDER BY packets DESC, first, src, protocol, port, class, sensor LIMIT {top}

-- query: total
SELECT sum(packets) AS m_packets, count(*) AS m_events FROM {rows} WHERE {where} AND kept = 1
