#include "cli/score_page.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/output.hpp"
#include "net/address.hpp"

namespace nightjar::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMillisPerSecond = 1000;

std::string time_text(std::int64_t milliseconds) { return format_second(floor_div(milliseconds, kMillisPerSecond)); }
/// "2017-11-23 05:00"
std::string short_time(std::int64_t milliseconds) {
  constexpr std::size_t kToMinutes = 16, kBetween = 10;
  std::string text = time_text(milliseconds).substr(0, kToMinutes);
  text[kBetween] = ' ';
  return text;
}

std::string kind_text(const TrueIncident& incident) { return incident.kind ? std::string(name_of(*incident.kind)) : "none"; }

std::string port_text(std::uint8_t protocol, std::uint16_t port) {
  if (protocol == 0) return "-";
  return port == 0 ? "any/" + protocol_name(protocol) : std::to_string(port) + "/" + protocol_name(protocol);
}

// What people read.

std::string share_text(const std::optional<double>& share) { return share ? fmt::format("{:.1f} %", *share * 100) : "-"; }
std::string delay_text(const std::optional<double>& hours) { return hours ? fmt::format("{:+.1f}", *hours) : "-"; }
std::string sum_text(const ScoreSum& sum) { return fmt::format("{} of {}", sum.hits, sum.asked); }

/// "country=AR, not fingerprint=mirai"
std::string hits_text(const ScoredIncident& scored) {
  std::string text;
  for (const auto* hits : {&scored.because, &scored.related, &scored.payloads}) {
    for (const ScoreHit& hit : *hits) text += (text.empty() ? "" : ", ") + std::string(hit.hit ? "" : "NOT ") + hit.what;
  }
  return text;
}

std::string found_text(const TrueIncident& incident, const ScoredIncident& scored) {
  if (!incident.kind) return scored.forbidden.empty() ? "nothing, right" : "FORBIDDEN";
  if (!scored.found) return scored.hardly_visible ? "no (hardly visible)" : "NO";
  return scored.in_time() ? "yes" : "yes, not in time";
}

std::string truths_table(const IncidentTruth& truth, const Score& score) {
  const std::vector<OutputColumn> columns = {
      {"incident", false, false, 0, 0}, {"kind", false, false, 0, 0},   {"port", false, false, 0, 0},     {"onset", false, false, 0, 0},
      {"packets", true, true, 0, 0},    {"report", false, false, 0, 0}, {"found", false, false, 0, 0},    {"delay h", true, false, 0, 0},
      {"of h", true, false, 0, 0},      {"again", true, false, 0, 0},   {"explained", false, false, 0, 0}};
  std::vector<std::vector<Value>> rows;
  for (const ScoredIncident& scored : score.truths) {
    const TrueIncident& incident = truth.incidents[scored.truth];
    const bool traffic = incident.kind && *incident.kind != IncidentKind::sensor;
    rows.push_back({incident.id, kind_text(incident), port_text(incident.protocol, incident.port), short_time(incident.onset_ms),
                    traffic ? Value(incident.packets) : Value(), std::string(scored.in_report ? "yes" : "-"), found_text(incident, scored),
                    delay_text(scored.delay_hours), incident.kind ? Value(fmt::format("{:.0f}", scored.allowed_hours)) : Value(),
                    std::uint64_t{scored.duplicates.size() + scored.forbidden.size()}, hits_text(scored)});
  }
  return table_text(columns, rows);
}

std::string others_table(const std::vector<Incident>& incidents, const Score& score) {
  const std::vector<OutputColumn> columns = {
      {"verdict", false, false, 0, 0}, {"id", false, false, 0, 0},      {"kind", false, false, 0, 0},   {"port", false, false, 0, 0},
      {"onset", false, false, 0, 0},   {"country", false, false, 0, 0}, {"metric", false, false, 0, 0}, {"expected", true, false, 1, 0},
      {"observed", true, false, 1, 0}, {"score", true, false, 1, 0}};
  std::vector<std::vector<Value>> rows;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    if (score.verdicts[i] == Verdict::found) continue;
    const Incident& one = incidents[i];
    rows.push_back({std::string(name_of(score.verdicts[i])), one.id, std::string(name_of(one.kind)), port_text(one.protocol, one.port),
                    short_time(one.onset_ms), one.country.empty() ? Value() : Value(one.country), std::string(name_of(one.metric)),
                    one.expected, one.observed, one.score});
  }
  return rows.empty() ? "" : "\nNot among them:\n" + table_text(columns, rows);
}

// What programs read.

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
Json sum_json(const ScoreSum& sum) { return {{"hits", sum.hits}, {"asked", sum.asked}}; }

Json hits_json(const std::vector<ScoreHit>& hits) {
  Json list = Json::array();
  for (const ScoreHit& hit : hits) list.push_back({{"what", hit.what}, {"hit", hit.hit}});
  return list;
}

Json ids_json(const std::vector<std::size_t>& list, const std::vector<Incident>& incidents) {
  Json ids = Json::array();
  for (const std::size_t index : list) ids.push_back(incidents[index].id);
  return ids;
}

Json truth_json(const TrueIncident& incident, const ScoredIncident& scored, const std::vector<Incident>& incidents) {
  const bool is_none = !incident.kind;
  return {{"id", incident.id},
          {"kind", kind_text(incident)},
          {"protocol", protocol_name(incident.protocol)},
          {"port", incident.port},
          {"onset", time_text(incident.onset_ms)},
          {"hosts_seen", incident.hosts_seen},
          {"packets", incident.packets},
          {"in_report", scored.in_report},
          {"hardly_visible", scored.hardly_visible},
          {"found", is_none ? Json() : Json(scored.found.has_value())},
          {"incident", scored.found ? Json(incidents[*scored.found].id) : Json()},
          {"onset_found", scored.found ? Json(time_text(incidents[*scored.found].onset_ms)) : Json()},
          {"delay_hours", optional_json(scored.delay_hours)},
          {"allowed_hours", is_none ? Json() : Json(scored.allowed_hours)},
          {"in_time", is_none ? Json() : Json(scored.in_time())},
          {"duplicates", ids_json(scored.duplicates, incidents)},
          {"forbidden", ids_json(scored.forbidden, incidents)},
          {"because", hits_json(scored.because)},
          {"related_ports", hits_json(scored.related)},
          {"payloads", hits_json(scored.payloads)}};
}

}  // namespace

std::string score_page(const IncidentTruth& truth, const std::vector<Incident>& incidents, const Score& score) {
  std::string page = fmt::format("{}, modelled data: seed {}, {} addresses, {} to {}\n\n", escape_for_terminal(truth.scenario), truth.seed,
                                 with_thousands(truth.addresses), time_text(truth.from_ms), time_text(truth.to_ms));
  const auto line = [&](const char* what, const std::string& value) { page += fmt::format("{:<34} {}\n", what, value); };
  const auto of = [](std::size_t part, std::size_t whole) { return fmt::format("{} of {}", part, whole); };
  line("found", of(score.found, score.expected) + ", in time " + std::to_string(score.in_time));
  line("precision", share_text(score.precision()));
  line("recall", share_text(score.recall()));
  line("recall of what can be seen", share_text(score.recall_visible()) + "  (" + of(score.found_visible, score.expected_visible) + ")");
  if (score.expected_report > 0) line("of the report", of(score.found_report, score.expected_report));
  line("delay, median", score.median_delay_hours ? fmt::format("{:.1f} h", *score.median_delay_hours) : std::string("-"));
  line("explanation named", sum_text(score.because));
  line("related ports named", sum_text(score.related));
  line("payloads named", sum_text(score.payloads));
  line("found again (duplicates)", std::to_string(score.duplicates));
  line("unknown to the truth", fmt::format("{}, {:.1f} a month", score.unknown + score.forbidden, score.unknown_a_month()));
  if (score.forbidden > 0) line("of them where nothing happened", std::to_string(score.forbidden));
  if (score.remarks > 0) line("remarks on a sensor's size", std::to_string(score.remarks));
  page += "\n" + (score.truths.empty() ? "In this span no incident begins.\n" : truths_table(truth, score));
  return page + others_table(incidents, score);
}

std::string score_json(const IncidentTruth& truth, const std::vector<Incident>& incidents, const Score& score) {
  Json out = {{"scenario", truth.scenario},
              {"origin", "modelled"},
              {"seed", truth.seed},
              {"addresses", truth.addresses},
              {"from", time_text(truth.from_ms)},
              {"to", time_text(truth.to_ms)},
              {"expected", score.expected},
              {"found", score.found},
              {"in_time", score.in_time},
              {"precision", optional_json(score.precision())},
              {"recall", optional_json(score.recall())},
              {"expected_visible", score.expected_visible},
              {"found_visible", score.found_visible},
              {"recall_visible", optional_json(score.recall_visible())},
              {"expected_report", score.expected_report},
              {"found_report", score.found_report},
              {"median_delay_hours", optional_json(score.median_delay_hours)},
              {"because", sum_json(score.because)},
              {"related_ports", sum_json(score.related)},
              {"payloads", sum_json(score.payloads)},
              {"duplicates", score.duplicates},
              {"unknown", score.unknown},
              {"forbidden", score.forbidden},
              {"unknown_a_month", score.unknown_a_month()},
              {"remarks", score.remarks}};
  out["rows"] = Json::array();
  for (const ScoredIncident& scored : score.truths) out["rows"].push_back(truth_json(truth.incidents[scored.truth], scored, incidents));
  out["incidents"] = Json::array();
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const Incident& one = incidents[i];
    out["incidents"].push_back({{"id", one.id},
                                {"verdict", name_of(score.verdicts[i])},
                                {"kind", name_of(one.kind)},
                                {"protocol", one.protocol == 0 ? Json() : Json(protocol_name(one.protocol))},
                                {"port", one.port},
                                {"country", one.country.empty() ? Json() : Json(one.country)},
                                {"onset", time_text(one.onset_ms)},
                                {"metric", name_of(one.metric)},
                                {"expected", one.expected},
                                {"observed", one.observed},
                                {"score", one.score},
                                {"cause", name_of(one.cause)}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace nightjar::cli
