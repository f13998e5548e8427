-- title.en: Conversations by signature and day
-- title.ja: シグネチャ別の1日あたりのセッション数
-- unit: sessions
-- denominator: TCP conversations with honeypots whose client sent bytes; one with several tags counts under each
-- chart: line
-- shape: days-by-tag
-- table: sessions
-- columns: day:day, tag:text, sessions:number, hosts:number

-- query: main
SELECT {day} AS m_day, g_tag AS m_tag, count(*) AS m_sessions, @hosts(src) AS m_hosts FROM (
  SELECT DISTINCT first, sensor, src, src_low, src_port, dst, dst_low, port, @words(tags) AS g_tag FROM {rows} WHERE {where} AND tags <> ''
) AS tagged GROUP BY {by_day}g_tag ORDER BY m_day, m_tag

-- query: untagged
SELECT {day} AS m_day, 'none' AS m_tag, count(*) AS m_sessions, @hosts(src) AS m_hosts FROM {rows}
WHERE {where} AND tags = '' AND payload <> '' GROUP BY {day} ORDER BY m_day

-- query: total
SELECT count(*) AS m_total FROM {rows} WHERE {where} AND payload <> ''
