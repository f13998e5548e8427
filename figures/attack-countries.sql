-- title.en: Countries of the victims of DRDoS attacks
-- title.ja: DRDoS攻撃の被害国
-- unit: attacks
-- denominator: attacks of the definition
-- chart: bar
-- shape: attack-countries
-- table: attacks
-- columns: country:country, attacks:number, share:percent
-- parameters: definition, top

-- query: main
SELECT country, count(*) AS m_attacks FROM {rows}
WHERE {where} AND definition = {definition} AND level = 1 GROUP BY country ORDER BY m_attacks DESC, country LIMIT {top}

-- query: total
SELECT count(*) AS m_attacks FROM {rows} WHERE {where} AND definition = {definition} AND level = 1
