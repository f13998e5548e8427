-- title.en: Fingerprints of TCP SYN packets
-- title.ja: TCP SYNパケットの特徴
-- unit: packets
-- denominator: TCP SYN packets (class scan); one with several marks counts under each
-- chart: bar
-- shape: fingerprints
-- table: flows
-- columns: fingerprint:text, packets:number, share:percent, hosts:number, chance_packets:decimal

-- One pass over the rows: packets of each host by mark. Summed up they are packets, counted where there are any they are hosts.
-- query: main
SELECT {packets_and_hosts} FROM (
  SELECT {mark_sums} FROM (
    SELECT src, @mark_sums(@marks(facts, window, port, class), packets) AS g_sums FROM {rows} WHERE {where} AND class = 1 GROUP BY src
  ) AS grouped
) AS hosts
