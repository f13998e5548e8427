#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time.hpp"
#include "incident/incident.hpp"
#include "incident/incident_times.hpp"

namespace nightjar {
namespace {

using Json = nlohmann::ordered_json;

// What an older or newer program wrote has other keys: what is missing or of another type keeps its default.

const Json& value_at(const Json& json, const char* key) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(key);
  return found == json.end() ? none : *found;
}

std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : std::string(); }
std::string text_at(const Json& json, const char* key) { return text_of(value_at(json, key)); }
double real_at(const Json& json, const char* key) {
  const Json& value = value_at(json, key);
  return value.is_number() ? value.get<double>() : 0;
}
bool truth_at(const Json& json, const char* key) {
  const Json& value = value_at(json, key);
  return value.is_boolean() && value.get<bool>();
}
std::uint64_t count_at(const Json& json, const char* key, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  const Json& value = value_at(json, key);
  if (!value.is_number_unsigned()) return 0;
  const auto number = value.get<std::uint64_t>();
  return number <= most ? number : 0;
}
std::uint16_t port_at(const Json& json, const char* key) {
  return static_cast<std::uint16_t>(count_at(json, key, std::numeric_limits<std::uint16_t>::max()));
}
std::optional<double> optional_real_at(const Json& json, const char* key) {
  const Json& value = value_at(json, key);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}
std::int64_t time_at(const Json& json, const char* key) { return parse_milliseconds(text_at(json, key)).value_or(0); }

std::uint8_t protocol_at(const Json& json, const char* key) {
  const std::string name = text_at(json, key);
  if (name == "icmp") return 1;
  if (name == "tcp") return 6;
  if (name == "udp") return 17;
  std::uint8_t number = 0;
  const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
  return bad == std::errc() && end == name.data() + name.size() ? number : 0;
}

template <class Function>
auto list_at(const Json& json, const char* key, Function one) {
  std::vector<decltype(one(json))> list;
  const Json& value = value_at(json, key);
  if (value.is_array())
    for (const Json& item : value) list.push_back(one(item));
  return list;
}

/// The value of an enum that runs from 0 to Last by its name.
template <class Enum, Enum Last>
Enum named(const std::string& name, Enum otherwise) {
  for (int i = 0; i <= static_cast<int>(Last); ++i)
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  return otherwise;
}

RisePart part_of(const Json& json) {
  RisePart part;
  const Json& attributes = value_at(json, "attributes");
  const Json& labels = value_at(json, "labels");
  if (attributes.is_object())
    for (const auto& [attribute, value] : attributes.items()) {
      std::string text = value.is_number_unsigned() ? std::to_string(value.get<std::uint64_t>()) : text_of(value);
      part.attributes.push_back({attribute, std::move(text), text_at(labels, attribute.c_str())});
    }
  part.share_of_rise = real_at(json, "share_of_rise");
  part.usual_share = real_at(json, "usual_share");
  part.hosts = count_at(json, "hosts");
  part.packets = count_at(json, "packets");
  part.rows = text_at(json, "rows");
  return part;
}

RelatedPort related_of(const Json& json) {
  return {protocol_at(json, "protocol"),
          port_at(json, "port"),
          named<Relation, Relation::dropper>(text_at(json, "relation"), Relation::co_scanned),
          count_at(json, "hosts"),
          count_at(json, "packets"),
          real_at(json, "lift"),
          text_at(json, "country"),
          time_at(json, "since"),
          text_at(json, "table"),
          text_at(json, "rows"),
          truth_at(json, "equal_sources")};
}

IncidentPayload payload_of(const Json& json) {
  return {text_at(json, "sha256"),        list_at(json, "tags", text_of), list_at(json, "urls", text_of),
          list_at(json, "cves", text_of), count_at(json, "sessions"),     text_at(json, "rows")};
}

/// 0 for what is none.
std::int64_t utc_day_of(const Json& text) {
  const auto day = parse_day(text_of(text));
  return day ? *day : 0;
}

OtherTotal other_total_of(const Json& json) {
  return {protocol_at(json, "protocol"),
          port_at(json, "port"),
          utc_day_of(value_at(json, "day")),
          real_at(json, "expected"),
          real_at(json, "observed"),
          count_at(json, "hosts"),
          count_at(json, "packets"),
          text_at(json, "level"),
          text_at(json, "rows"),
          list_at(json, "level_days", utc_day_of)};
}

IncidentDay day_of_json(const Json& json) {
  return {utc_day_of(value_at(json, "day")), real_at(json, "observed"), real_at(json, "expected"), real_at(json, "upper"),
          truth_at(json, "trouble")};
}

Basis basis_of(const Json& json) {
  const auto& day = utc_day_of;
  Basis basis;
  basis.level_table = text_at(json, "level_table");
  basis.level = text_at(json, "level");
  basis.level_days = list_at(json, "level_days", day);
  basis.members_of_level = text_at(json, "members_of_level");
  basis.table = text_at(json, "table");
  basis.whole = text_at(json, "whole");
  basis.members = text_at(json, "members");
  basis.explained = text_at(json, "explained");
  basis.risen = text_at(json, "risen");
  basis.darknets = text_at(json, "darknets");
  basis.usual_days = list_at(json, "usual_days", day);
  basis.usual_factor = real_at(json, "usual_factor");
  basis.hosts_before_day = day(value_at(json, "hosts_before"));
  basis.ports_from_day = day(value_at(json, "ports_from"));
  basis.from_ms = time_at(json, "from");
  basis.to_ms = time_at(json, "to");
  basis.now_day = day(value_at(json, "now"));
  basis.window_from_day = day(value_at(json, "window_from"));
  basis.window_to_day = day(value_at(json, "window_to"));
  std::array<std::uint64_t*, 4> nth = {&basis.nth_usual, &basis.nth_returning, &basis.nth_bots, &basis.nth_others};
  const Json& each = value_at(json, "nth");
  for (std::size_t i = 0; i < nth.size() && each.is_array() && i < each.size(); ++i)
    if (each[i].is_number_unsigned()) *nth[i] = std::max<std::uint64_t>(1, each[i].get<std::uint64_t>());
  return basis;
}

std::vector<Cause> alternatives_of(const Json& json) {
  std::vector<Cause> causes;
  for (const std::string& name : list_at(json, "alternative_codes", text_of))
    if (const auto cause = cause_named(name)) causes.push_back(*cause);
  return causes;
}

std::vector<std::int64_t> surges_of(const Json& json) {
  std::vector<std::int64_t> times;
  for (const std::string& text : list_at(json, "surges", text_of))
    if (const auto time = parse_milliseconds(text)) times.push_back(*time);
  return times;
}

bool is_id(const std::string& text) {
  constexpr std::size_t digits = 16;
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void read_judgement(const Json& json, Incident& incident) {
  incident.cause = cause_named(text_at(json, "cause_code")).value_or(Cause::unknown);
  incident.confidence = named<Confidence, Confidence::confirmed>(text_at(json, "confidence"), Confidence::possible);
  incident.alternatives = alternatives_of(json);
  incident.cause_en = text_at(json, "cause");
  incident.cause_ja = text_at(json, "cause_ja");
  incident.explanation = list_at(json, "explanation", part_of);
  incident.unexplained = real_at(json, "unexplained");
  incident.tool = text_at(json, "fingerprint");
  incident.effective_sources = optional_real_at(json, "effective_sources");
  incident.returning_hosts = optional_real_at(json, "returning_hosts");
  if (value_at(json, "bots").is_number_unsigned()) incident.bots = count_at(json, "bots");
  incident.related_ports = list_at(json, "related_ports", related_of);
  incident.not_seen = list_at(json, "not_seen", [](const Json& one) {
    return NotSeen{protocol_at(one, "protocol"), port_at(one, "port"), count_at(one, "hosts")};
  });
  incident.payloads = list_at(json, "payloads", payload_of);
}

void read_size(const Json& json, Incident& incident) {
  incident.metric = named<Metric, Metric::minutes>(text_at(json, "metric"), Metric::hosts);
  incident.expected = real_at(json, "expected");
  incident.observed = real_at(json, "observed");
  incident.level_now = real_at(json, "level_now");
  incident.score = real_at(json, "score");
  incident.trend = named<Trend, Trend::over>(text_at(json, "trend"), Trend::steady);
  incident.since_new_usual = truth_at(json, "since_new_usual");
  incident.hosts = count_at(json, "hosts");
  incident.packets = count_at(json, "packets");
  incident.total_hosts = count_at(json, "total_hosts");
  incident.total_packets = count_at(json, "total_packets");
  incident.victims = count_at(json, "victims");
  incident.days = list_at(json, "days", day_of_json);
  incident.surges_ms = surges_of(json);
}

}  // namespace

std::optional<Incident> incident_of(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  Incident incident;
  incident.id = text_at(json, "id");
  const auto kind = incident_kind(text_at(json, "kind"));
  const auto onset = parse_milliseconds(text_at(json, "onset"));
  if (!is_id(incident.id) || !kind || !onset) return std::nullopt;
  incident.kind = *kind;
  incident.onset_ms = *onset;
  incident.peak_ms = parse_milliseconds(text_at(json, "peak")).value_or(*onset);
  incident.end_ms = parse_milliseconds(text_at(json, "end"));
  incident.judged_to_ms = time_at(json, "judged_to");
  incident.rules = text_at(json, "rules");
  incident.protocol = protocol_at(json, "protocol");
  incident.port = port_at(json, "port");
  incident.country = text_at(json, "country");
  incident.sensor = text_at(json, "sensor");
  read_size(json, incident);
  read_judgement(json, incident);
  incident.attacks = list_at(json, "attacks", text_of);
  incident.merged_attacks = count_at(json, "merged_attacks");
  incident.other_totals = list_at(json, "other_totals", other_total_of);
  const Json& unwatched = value_at(json, "unwatched");
  incident.unwatched_from_ms = time_at(unwatched, "from");
  incident.unwatched_to_ms = time_at(unwatched, "to");
  incident.evidence = list_at(json, "evidence", [](const Json& span) {
    return EvidenceSpan{text_at(span, "capture"), time_at(span, "from"), time_at(span, "to")};
  });
  incident.evidence_more = count_at(json, "evidence_more");
  incident.population = text_at(json, "population");
  incident.query = text_at(json, "query");
  incident.basis = basis_of(value_at(json, "basis"));
  incident.modelled = truth_at(json, "modelled");
  return incident;
}

}  // namespace nightjar
