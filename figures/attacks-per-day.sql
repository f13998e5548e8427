-- title.en: DRDoS attacks per day
-- title.ja: 1日あたりのDRDoS攻撃件数
-- unit: attacks
-- denominator: attacks of the definition, on the day of their first request
-- chart: line
-- shape: attacks-by-day
-- table: attacks
-- columns: day:day, service:text, attacks:number
-- parameters: definition

-- query: main
SELECT {day} AS m_day, service, count(*) AS m_attacks FROM {rows}
WHERE {where} AND definition = {definition} AND level = 1 GROUP BY {day}, service ORDER BY m_day, service
