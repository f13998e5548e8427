-- title.en: Duration of DRDoS attacks
-- title.ja: DRDoS攻撃の継続時間
-- unit: attacks that last no longer than so many seconds
-- denominator: attacks of the definition
-- chart: line
-- shape: attack-durations
-- table: attacks
-- columns: duration:number, attacks:number, share:percent
-- parameters: definition

-- query: main
SELECT count(*) AS m_attacks, max(@milliseconds(first, last)) AS m_longest, {within} FROM {rows}
WHERE {where} AND definition = {definition} AND level = 1
