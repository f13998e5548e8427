-- title.en: Services abused for DRDoS attacks
-- title.ja: DRDoS攻撃に悪用されたサービス
-- unit: attacks
-- denominator: attacks of the definition
-- chart: bar
-- shape: attack-services
-- table: attacks
-- columns: service:text, attacks:number, attacks_per_day:decimal, share:percent
-- parameters: definition, top

-- query: main
SELECT service, count(*) AS m_attacks FROM {rows}
WHERE {where} AND definition = {definition} AND level = 1 GROUP BY service ORDER BY m_attacks DESC, service LIMIT {top}

-- query: total
SELECT count(*) AS m_attacks FROM {rows} WHERE {where} AND definition = {definition} AND level = 1
