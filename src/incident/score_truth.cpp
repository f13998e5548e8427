#include "incident/score_truth.hpp"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMillisPerSecond = 1000;

/// Of "2017-11-23T05:00:00Z"; fractions of a second are left out.
std::optional<std::int64_t> millis_of(const std::string& text) {
  constexpr std::size_t kDate = 10, kToSeconds = 19;
  if (text.size() < kToSeconds || text.back() != 'Z') return std::nullopt;
  const auto day = parse_day(text.substr(0, kDate));
  int hour = 0, minute = 0, second = 0;
  if (!day || std::sscanf(text.c_str() + kDate, "T%2d:%2d:%2d", &hour, &minute, &second) != 3) return std::nullopt;
  return (*day * kSecondsPerDay + hour * kSecondsPerHour + minute * kSecondsPerMinute + second) * kMillisPerSecond;
}

/// Takes what is asked for out of an object and remembers the first thing that is missing or of another kind.
class Fields {
 public:
  Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  std::string text(const char* key) {
    const Json* value = find(key);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    miss(key, "a text");
    return {};
  }
  std::uint64_t number(const char* key, std::uint64_t most) {
    const Json* value = find(key);
    if (value != nullptr && value->is_number_unsigned() && value->get<std::uint64_t>() <= most) return value->get<std::uint64_t>();
    miss(key, "a number up to " + std::to_string(most));
    return 0;
  }
  std::int64_t time(const char* key) {
    const Json* value = find(key);
    if (value != nullptr && value->is_string()) {
      if (const auto millis = millis_of(value->get<std::string>())) return *millis;
    }
    miss(key, "a time like 2017-11-23T05:00:00Z");
    return 0;
  }
  /// 0: the key is missing, or null.
  std::int64_t time_if_any(const char* key) {
    const Json* value = find(key);
    return value == nullptr || value->is_null() ? 0 : time(key);
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> list;
    for (const Json& value : array(key)) {
      if (value.is_string())
        list.push_back(value.get<std::string>());
      else
        miss(key, "a list of texts");
    }
    return list;
  }
  std::vector<std::uint16_t> ports(const char* key) {
    std::vector<std::uint16_t> list;
    for (const Json& value : array(key)) {
      if (value.is_number_unsigned() && value.get<std::uint64_t>() <= 0xffff)
        list.push_back(value.get<std::uint16_t>());
      else
        miss(key, "a list of ports");
    }
    return list;
  }
  const Json& array(const char* key) {
    static const Json none = Json::array();
    const Json* value = find(key);
    if (value != nullptr && value->is_array()) return *value;
    miss(key, "a list");
    return none;
  }
  void miss(const char* key, const std::string& wanted) {
    if (mistake_.empty()) mistake_ = where_ + " has no \"" + key + "\" that is " + wanted;
  }
  /// Empty: all was as it should be.
  const std::string& mistake() const { return mistake_; }

 private:
  const Json* find(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  const Json& object_;
  std::string where_, mistake_;
};

Result<TrueIncident> true_incident(const Json& object, const std::string& where) {
  Fields fields(object, where);
  TrueIncident incident;
  incident.id = fields.text("id");
  const std::string kind = fields.text("kind");
  incident.kind = incident_kind(kind);
  if (!incident.kind && kind != "none" && fields.mistake().empty())
    return Error{where + " is of kind \"" + kind + "\", which this program does not know"};
  if (const auto protocol = protocol_number(fields.text("protocol")))
    incident.protocol = *protocol;
  else
    fields.miss("protocol", "a protocol like tcp");
  incident.port = static_cast<std::uint16_t>(fields.number("port", 0xffff));
  incident.onset_ms = fields.time("onset");
  incident.peak_ms = fields.time("peak");
  incident.end_ms = fields.time("end");
  incident.first_ms = fields.time_if_any("first");
  for (const std::string& reason : fields.texts("because")) {
    const std::size_t equals = reason.find('=');
    if (equals == std::string::npos)
      fields.miss("because", "a list of reasons like country=AR");
    else
      incident.because.push_back({reason.substr(0, equals), reason.substr(equals + 1)});
  }
  incident.related_ports = fields.ports("related_ports");
  incident.payloads = fields.texts("payloads");
  constexpr auto kAny = ~std::uint64_t{0};
  incident.hosts_seen = fields.number("hosts_seen", kAny);
  incident.packets = fields.number("packets", kAny);
  if (const auto title = object.is_object() ? object.find("title") : object.end(); title != object.end() && title->is_object())
    incident.title = title->value("en", "");
  if (!fields.mistake().empty()) return Error{fields.mistake()};
  return incident;
}

}  // namespace

Result<IncidentTruth> incident_truth(std::string_view json, const std::string& file) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded() || !document.is_object())
    return Error{file + " is no truth: it is not the JSON that nightjar simulate --truth writes"};
  Fields fields(document, file);
  IncidentTruth truth;
  truth.scenario = fields.text("scenario");
  constexpr auto kAny = ~std::uint64_t{0};
  truth.seed = fields.number("seed", kAny);
  truth.addresses = fields.number("addresses", kAny);
  truth.from_ms = fields.time("from");
  truth.to_ms = fields.time("to");
  for (const Json& object : fields.array("incidents")) {
    auto incident = true_incident(object, file + ": incident " + std::to_string(truth.incidents.size() + 1));
    if (!incident) return incident.error();
    truth.incidents.push_back(*std::move(incident));
  }
  // The darknet sees nothing of attacks through reflectors: what can be known of them lies with these.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> attacks;
  for (const Json& object : fields.array("attacks")) {
    const auto incident = object.is_object() ? object.find("incident") : object.end();
    if (incident == object.end() || !incident->is_string()) continue;
    Fields attack(object, file + ": an attack");
    auto& [number, requests] = attacks[incident->get<std::string>()];
    number += attack.number("counts_as", kAny);
    requests += attack.number("requests", kAny);
    if (!attack.mistake().empty()) return Error{attack.mistake()};
  }
  if (!fields.mistake().empty()) return Error{fields.mistake()};
  for (TrueIncident& incident : truth.incidents) {
    if (incident.kind != IncidentKind::drdos) continue;
    std::tie(incident.attacks, incident.packets) = attacks[incident.id];
  }
  return truth;
}

}  // namespace nightjar
