-- title.en: Users and passwords tried
-- title.ja: 試されたユーザ名とパスワード
-- unit: attempts
-- denominator: login attempts at honeypots
-- chart: table
-- shape: counted
-- table: sessions
-- columns: user:sent, password:sent, attempts:number, hosts:number
-- parameters: top

-- query: main
SELECT @field(g_line, 1) AS m_user, @field(g_line, 2) AS m_password, count(*) AS m_attempts, @hosts(src) AS m_hosts FROM (
  SELECT src, @lines(logins) AS g_line FROM {rows} WHERE {where} AND logins <> ''
) AS tried GROUP BY @field(g_line, 1), @field(g_line, 2) ORDER BY m_attempts DESC, m_user, m_password LIMIT {top}

-- query: total
SELECT count(*) AS m_total FROM (
  SELECT src, @lines(logins) AS g_line FROM {rows} WHERE {where} AND logins <> ''
) AS tried
