-- title.en: Victims seen by their backscatter
-- title.ja: 跳ね返りから見える被害者
-- unit: packets
-- denominator: packets of class backscatter
-- chart: table
-- shape: victims
-- table: backscatter
-- columns: victim:text, protocol:text, port:code, country:country, packets:number, destinations:number, first:time, last:time
-- parameters: top

-- query: main
SELECT src, src_low, ip_version, protocol, port, sum(packets) AS m_packets FROM {rows} WHERE {where}
GROUP BY src, src_low, ip_version, protocol, port ORDER BY m_packets DESC, src, src_low, protocol, port LIMIT {top}

-- The bits of two sensors number different addresses, so destinations are judged sensor by sensor.
-- query: details
SELECT src, src_low, ip_version, protocol, port, sensor, @destinations(@bit_or(dst_bits), {addresses}) AS m_destinations, max(country) AS m_country,
  min(@after_ms(minute, first_ms)) AS m_first, max(@after_ms(minute, last_ms)) AS m_last
FROM {rows} WHERE {where} AND src IN ({sources}) GROUP BY src, src_low, ip_version, protocol, port, sensor
