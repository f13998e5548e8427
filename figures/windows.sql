-- title.en: Windows of TCP SYN packets
-- title.ja: TCP SYNパケットのウィンドウサイズ
-- unit: packets
-- denominator: TCP SYN packets (class scan)
-- chart: bar
-- shape: ranked
-- table: flows
-- columns: window:code, packets:number, share:percent, hosts:number
-- parameters: top

-- query: main
SELECT "window" AS m_window, sum(packets) AS m_packets, @hosts(src) AS m_hosts FROM {rows}
WHERE {where} AND class = 1 GROUP BY "window" ORDER BY m_packets DESC, "window" LIMIT {top}

-- query: total
SELECT sum(packets) AS m_packets FROM {rows} WHERE {where} AND class = 1
