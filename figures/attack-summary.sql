-- title.en: DRDoS attacks in numbers
-- title.ja: DRDoS攻撃の概要
-- unit: attacks; longest in seconds
-- denominator: attacks of the definition, of all countries
-- chart: table
-- shape: attack-summary
-- table: attacks
-- columns: country:text, attacks:number, attacks_per_day:decimal, share:percent, rank:number, countries:number, longest:decimal, longest_attack:text, longest_victim:text, longest_country:text, longest_service:text, carpets:number
-- parameters: definition

-- The filter without its country: a rank needs all of them.
-- query: countries
SELECT country, count(*) AS m_attacks FROM {rows}
WHERE {where} AND definition = {definition} AND level = 1 GROUP BY country ORDER BY m_attacks DESC, country

-- query: longest
SELECT id, src, src_low, ip_version, country, service, @milliseconds(first, last) AS m_duration FROM {rows}
WHERE {where} AND definition = {definition} AND level = 1 ORDER BY m_duration DESC, id LIMIT 1

-- query: carpets
SELECT count(*) AS m_carpets FROM {rows} WHERE {where} AND definition = {definition} AND level = 2 AND kind = 'carpet'
