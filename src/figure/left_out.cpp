#include "figure/left_out.hpp"

#include <algorithm>
#include <set>

#include "base/time.hpp"
#include "figure/observation.hpp"
#include "store/derived_rows.hpp"
#include "store/view_sql.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kSurvey = "survey", kBackscatter = "backscatter";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::int64_t first_day(HourSpan hours) { return floor_div(hours.from, kHoursPerDay); }
std::int64_t end_day(HourSpan hours) { return floor_div(hours.to + kHoursPerDay - 1, kHoursPerDay); }

bool holds(const std::vector<HourSpan>& spans, std::int64_t day) {
  return std::ranges::any_of(spans, [&](HourSpan hours) { return day >= first_day(hours) && day < end_day(hours); });
}

}  // namespace

Result<LeftOut> parse_left_out(std::string_view list) {
  LeftOut left_out;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view word = trimmed(list.substr(0, comma));
    if (word == kSurvey) {
      left_out.survey = true;
    } else if (word == kBackscatter) {
      left_out.backscatter = true;
    } else {
      return Error{"\"" + std::string(word) + "\" cannot be left out; survey, backscatter, or survey,backscatter can"};
    }
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
    if (list.empty()) return Error{"a word is missing behind the comma; survey, backscatter, or survey,backscatter can be left out"};
  }
  return left_out;
}

std::vector<std::string> names_of(const LeftOut& left_out) {
  std::vector<std::string> names;
  if (left_out.survey) names.emplace_back(kSurvey);
  if (left_out.backscatter) names.emplace_back(kBackscatter);
  return names;
}

std::string words_of(const LeftOut& left_out) {
  std::string words = left_out.survey ? "survey scanners" : "";
  if (left_out.backscatter) words += (words.empty() ? "" : " and ") + std::string(kBackscatter);
  return words;
}

Result<void> check_left_out(const LeftOut& left_out, const FigureFile& figure) {
  if (!left_out.any() || figure.table == Table::flows) return {};
  const std::string name(schema_of(figure.table).name);
  if (figure.table == Table::backscatter)
    return Error{"the figure " + figure.name + " is about backscatter alone: nothing can be left out of it"};
  return Error{"the figure " + figure.name + " cannot leave out " + words_of(left_out) + ": the table " + name +
               " that it reads does not tell them from other traffic. Figures that read flows can"};
}

std::string stays_sql(const LeftOut& left_out, HourSpan hours) {
  std::string sql;
  if (left_out.backscatter) sql += " AND class <> 2";
  if (left_out.survey)
    sql += " AND NOT ((src, @day(hour, 0)) IN (SELECT src, day FROM scanner_days WHERE survey = 1 AND day >= @date('" +
           format_day(first_day(hours)) + "') AND day < @date('" + format_day(end_day(hours)) + "')))";
  return sql;
}

std::vector<std::int64_t> days_without_scanners(const LakeVersion& version, const std::vector<HourSpan>& spans) {
  std::set<std::int64_t> made;
  for (const LakeFile* file : visible_files(Table::scanner_days, version)) made.insert(file->day);
  std::vector<std::int64_t> missing;
  for (const auto& [day, flows] : flows_by_day(version))
    if (holds(spans, day) && !made.contains(day)) missing.push_back(day);
  return missing;
}

std::vector<std::string> survey_rules(const LakeVersion& version, const std::vector<HourSpan>& spans) {
  std::set<std::string> rules;
  for (const LakeFile* file : visible_files(Table::scanner_days, version))
    if (holds(spans, file->day)) rules.emplace(made_by(*file));
  std::vector<std::string> sentences;
  for (const std::string& rule : rules)
    sentences.push_back("a survey scanner is a source that asked the darknets for " + rule + " on a UTC day");
  return sentences;
}

}  // namespace nightjar
