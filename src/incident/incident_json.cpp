#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "incident/incident.hpp"
#include "incident/incident_times.hpp"
#include "incident/queries.hpp"
#include "incident/words.hpp"

namespace nightjar {
namespace {

using Json = nlohmann::ordered_json;

Json protocol_json(std::uint8_t protocol) {
  switch (protocol) {
    case 0: return nullptr;
    case 1: return "icmp";
    case 6: return "tcp";
    case 17: return "udp";
    default: return std::to_string(protocol);
  }
}

Json port_json(std::uint16_t port) { return port == 0 ? Json(nullptr) : Json(port); }
Json text_json(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json time_json(std::int64_t ms) { return format_milliseconds(ms); }

template <class T>
Json optional_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

template <class List, class Function>
Json list_json(const List& list, Function one) {
  Json array = Json::array();
  for (const auto& each : list) array.push_back(one(each));
  return array;
}

/// Values of asn, window and source port are numbers, if they are written as numbers are.
Json value_json(const AttributeValue& attribute) {
  const bool number = attribute.attribute == "asn" || attribute.attribute == "window" || attribute.attribute == "src_port";
  std::uint32_t value = 0;
  const char* end = attribute.value.data() + attribute.value.size();
  const auto [stop, bad] = std::from_chars(attribute.value.data(), end, value);
  if (number && bad == std::errc() && stop == end && std::to_string(value) == attribute.value) return value;
  return attribute.value;
}

Json part_json(const RisePart& part) {
  Json attributes = Json::object(), labels = Json::object();
  for (const AttributeValue& each : part.attributes) {
    attributes[each.attribute] = value_json(each);
    if (!each.label.empty()) labels[each.attribute] = each.label;
  }
  Json json = {{"attributes", std::move(attributes)},
               {"share_of_rise", part.share_of_rise},
               {"usual_share", part.usual_share},
               {"hosts", part.hosts},
               {"packets", part.packets}};
  if (!labels.empty()) json["labels"] = std::move(labels);
  if (!part.rows.empty()) json["rows"] = part.rows;
  return json;
}

Json related_json(const RelatedPort& related) {
  Json json = {{"protocol", protocol_json(related.protocol)},
               {"port", related.port},
               {"relation", name_of(related.relation)},
               {"hosts", related.hosts},
               {"packets", related.packets},
               {"lift", related.lift > 0 ? Json(related.lift) : Json(nullptr)},
               {"country", text_json(related.country)},
               {"since", related.since_ms == 0 ? Json(nullptr) : time_json(related.since_ms)}};
  if (related.equal_sources) json["equal_sources"] = true;
  if (!related.rows.empty()) json.update({{"table", related.table}, {"rows", related.rows}});
  return json;
}

Json payload_json(const IncidentPayload& payload) {
  Json json = {
      {"sha256", payload.sha256}, {"tags", payload.tags}, {"urls", payload.urls}, {"cves", payload.cves}, {"sessions", payload.sessions}};
  if (!payload.rows.empty()) json["rows"] = payload.rows;
  return json;
}

Json other_total_json(const OtherTotal& total) {
  return {{"protocol", protocol_json(total.protocol)},
          {"port", port_json(total.port)},
          {"day", format_day(total.day)},
          {"expected", total.expected},
          {"observed", total.observed},
          {"hosts", total.hosts},
          {"packets", total.packets},
          {"level", total.level},
          {"rows", total.rows},
          {"level_days", list_json(total.level_days, [](std::int64_t day) { return format_day(day); })}};
}

Json day_json(const IncidentDay& day) {
  return {
      {"day", format_day(day.day)}, {"observed", day.observed}, {"expected", day.expected}, {"upper", day.upper}, {"trouble", day.trouble}};
}

Json basis_json(const Basis& basis) {
  const auto days = [](const std::vector<std::int64_t>& list) { return list_json(list, [](std::int64_t day) { return format_day(day); }); };
  return {{"level_table", basis.level_table},
          {"level", basis.level},
          {"level_days", days(basis.level_days)},
          {"members_of_level", basis.members_of_level},
          {"table", basis.table},
          {"whole", basis.whole},
          {"members", basis.members},
          {"explained", basis.explained},
          {"risen", basis.risen},
          {"darknets", basis.darknets},
          {"usual_days", days(basis.usual_days)},
          {"usual_factor", basis.usual_factor},
          {"hosts_before", format_day(basis.hosts_before_day)},
          {"ports_from", format_day(basis.ports_from_day)},
          {"from", time_json(basis.from_ms)},
          {"to", time_json(basis.to_ms)},
          {"now", format_day(basis.now_day)},
          {"window_from", format_day(basis.window_from_day)},
          {"window_to", format_day(basis.window_to_day)},
          {"nth", {basis.nth_usual, basis.nth_returning, basis.nth_bots, basis.nth_others}}};
}

Json query_json(const NumberQuery& query) {
  return {{"of", query.of},
          {"numbers", query.numbers},
          {"sql", query.sql},
          {"gives", query.exact ? "the numbers" : "what they are made of"},
          {"note", text_json(query.note)}};
}

/// Both languages of what is made from the rest: nobody reads it back.
Json words_json(const Incident& incident) {
  return {{"title", title_of(incident, Language::en)},
          {"title_ja", title_of(incident, Language::ja)},
          {"story", story_of(incident, Language::en)},
          {"story_ja", story_of(incident, Language::ja)}};
}

}  // namespace

std::string incident_json(const Incident& incident) {
  Json json = {
      {"id", incident.id},
      {"kind", name_of(incident.kind)},
      {"protocol", protocol_json(incident.protocol)},
      {"port", port_json(incident.port)},
      {"country", text_json(incident.country)},
      {"onset", time_json(incident.onset_ms)},
      {"peak", time_json(incident.peak_ms)},
      {"end", incident.end_ms ? time_json(*incident.end_ms) : Json(nullptr)},
      {"metric", name_of(incident.metric)},
      {"expected", incident.expected},
      {"observed", incident.observed},
      {"level_now", incident.level_now},
      {"score", incident.score},
      {"cause", incident.cause_en},
      {"confidence", name_of(incident.confidence)},
      {"alternatives", list_json(incident.alternatives, [](Cause cause) { return phrase_of(cause, Language::en); })},
      {"explanation", list_json(incident.explanation, part_json)},
      {"effective_sources", optional_json(incident.effective_sources)},
      {"related_ports", list_json(incident.related_ports, related_json)},
      {"payloads", list_json(incident.payloads, payload_json)},
      {"evidence", list_json(incident.evidence,
                             [](const EvidenceSpan& span) {
                               return Json{{"capture", span.capture}, {"from", time_json(span.from_ms)}, {"to", time_json(span.to_ms)}};
                             })},
      {"evidence_more", incident.evidence_more},
      {"cause_ja", incident.cause_ja},
      {"cause_code", name_of(incident.cause)},
      {"alternatives_ja", list_json(incident.alternatives, [](Cause cause) { return phrase_of(cause, Language::ja); })},
      {"alternative_codes", list_json(incident.alternatives, [](Cause cause) { return name_of(cause); })},
      {"rules", incident.rules},
      {"sensor", text_json(incident.sensor)},
      {"judged_to", time_json(incident.judged_to_ms)},
      {"trend", name_of(incident.trend)},
      {"since_new_usual", incident.since_new_usual},
      {"unexplained", incident.unexplained},
      {"fingerprint", text_json(incident.tool)},
      {"hosts", incident.hosts},
      {"packets", incident.packets},
      {"total_hosts", incident.total_hosts == 0 ? Json(nullptr) : Json(incident.total_hosts)},
      {"total_packets", incident.total_packets},
      {"returning_hosts", optional_json(incident.returning_hosts)},
      {"bots", optional_json(incident.bots)},
      {"not_seen",
       list_json(incident.not_seen,
                 [](const NotSeen& none) {
                   return Json{{"protocol", protocol_json(none.protocol)}, {"port", none.port}, {"hosts", none.hosts_looked_at}};
                 })},
      {"victims", incident.victims},
      {"attacks", incident.attacks},
      {"merged_attacks", incident.merged_attacks == 0 ? Json(nullptr) : Json(incident.merged_attacks)},
      {"other_totals", list_json(incident.other_totals, other_total_json)},
      {"unwatched", incident.unwatched_to_ms == 0
                        ? Json(nullptr)
                        : Json{{"from", time_json(incident.unwatched_from_ms)}, {"to", time_json(incident.unwatched_to_ms)}}},
      {"surges", list_json(incident.surges_ms, time_json)},
      {"days", list_json(incident.days, day_json)},
      {"population", incident.population},
      {"query", incident.query},
      {"modelled", incident.modelled},
  };
  json.update(words_json(incident));
  json["queries"] = list_json(queries_of(incident), query_json);
  json["basis"] = basis_json(incident.basis);
  // ASCII only: what the lake's texts hold may not reach a terminal.
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace nightjar
