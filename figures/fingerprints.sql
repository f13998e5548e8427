-- title.en: Fingerprints of TCP SYN packets
-- title.ja: TCP SYNパケットの特徴
-- unit: packets
-- denominator: TCP SYN packets (class scan); one with several marks counts under each
-- chart: bar
-- shape: fingerprints
-- table: flows
-- columns: fingerprint:text, packets:number, share:percent, hosts:number, chance_packets:decimal

-- query: main
SELECT sum(packets) AS m_total, {mark_counts} FROM {rows} WHERE {where} AND class = 1
