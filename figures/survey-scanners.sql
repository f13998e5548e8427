-- title.en: Survey scanners
-- title.ja: 調査目的のスキャナ
-- unit: packets
-- denominator: packets of all classes
-- chart: line
-- shape: survey-scanners
-- table: scanner_days
-- columns: day:day, survey_hosts:number, survey_packets:number, share:percent, many_port_hosts:number

-- query: main
SELECT {day} AS m_day, count(*) AS m_hosts, sum(survey) AS m_survey_hosts FROM {rows} WHERE {where} GROUP BY {day} ORDER BY m_day

-- All packets of the day, and those of its survey scanners: whatever --without survey leaves out.
-- query: packets
SELECT {day} AS m_day, sum(packets) AS m_packets FROM {rows} WHERE {where} GROUP BY {day} ORDER BY m_day
