-- title.en: New injection points
-- title.ja: 新しいコマンド挿入箇所
-- unit: sessions
-- denominator: TCP conversations with honeypots in which a command was hidden in a field that no signature of its own knows
-- chart: table
-- shape: counted
-- table: sessions
-- columns: port:code, action:sent, field:sent, sessions:number, hosts:number, first:time
-- parameters: top

-- query: main
SELECT port, @field(g_line, 1) AS m_action, @field(g_line, 2) AS m_field, count(*) AS m_sessions, @hosts(src) AS m_hosts, min(first) AS m_first
FROM (
  SELECT DISTINCT first, sensor, src, src_low, src_port, dst, dst_low, port, @lines(injections) AS g_line FROM {rows}
  WHERE {where} AND injections <> ''
) AS hidden WHERE @field(g_line, 3) = '0'
GROUP BY port, @field(g_line, 1), @field(g_line, 2) ORDER BY m_sessions DESC, port, m_action, m_field LIMIT {top}

-- query: total
SELECT count(*) AS m_total FROM (
  SELECT DISTINCT first, sensor, src, src_low, src_port, dst, dst_low, port FROM (
    SELECT first, sensor, src, src_low, src_port, dst, dst_low, port, @lines(injections) AS g_line FROM {rows}
    WHERE {where} AND injections <> ''
  ) AS hidden WHERE @field(g_line, 3) = '0'
) AS conversations
