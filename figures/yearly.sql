-- title.en: Packets, addresses and packets per address by year
-- title.ja: 年間総観測パケット数、観測IPアドレス数、1アドレスあたりの年間総観測パケット数
-- unit: packets per address
-- denominator: observed addresses of each day
-- chart: table
-- shape: yearly
-- table: sensor_days
-- columns: year:code, packets:number, addresses:number, address_days:number, packets_per_address:decimal, coverage:percent, reason:text

-- query: main
SELECT day, sensor, sum(packets) AS m_packets, max(addresses) AS m_addresses FROM {rows} WHERE {where}
GROUP BY day, sensor ORDER BY day, sensor
