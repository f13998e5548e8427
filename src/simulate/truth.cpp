#include "simulate/truth.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/time.hpp"
#include "simulate/observatory_toml.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

}  // namespace

void Truth::Seen::add(std::int64_t time_ns, std::uint32_t host) {
  if (packets++ == 0) first_ns = time_ns;
  last_ns = time_ns;
  hosts.insert(host);
}

Truth::Truth(const Model& model, Run run) : model_(model), run_(std::move(run)), incidents_(model.scenario().incidents.size()) {
  const auto& incidents = model.scenario().incidents;
  for (const ReadyPopulation& ready : model.populations()) {
    const auto found =
        std::find_if(incidents.begin(), incidents.end(), [&](const Incident& one) { return one.id == ready.population->incident; });
    incident_of_.push_back(found == incidents.end() ? kNone : static_cast<std::size_t>(found - incidents.begin()));
  }
}

Truth::~Truth() { wait(); }

void Truth::add(const Event& event, const Knock& knock) {
  assert(knock.decodable == (knock.broken == Broken::no || knock.broken == Broken::wrong_checksum));
  constexpr std::int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;
  const std::int64_t day = floor_div(event.time_ns, kNanosPerDay);
  const std::int64_t local = floor_div(event.time_ns + model_.scenario().utc_offset * kNanosPerSecond, kNanosPerDay);
  if (day != day_) end_day();
  day_ = day;
  const CountryCode country = model_.populations()[event.population].population->origins[event.origin].country;
  packets_.push_back({event.src, knock.fingerprints, knock.dst_port, country, knock.protocol, knock.traffic_class, knock.broken,
                      static_cast<std::int8_t>(local - day)});
  if (const std::size_t incident = incident_of_[event.population]; incident != kNone) incidents_[incident].add(event.time_ns, event.src);
}

void Truth::add_at_honeypot(const Knock& knock) {
  honeypot_undecodable_ += knock.decodable ? 0 : 1;
  honeypot_wrong_checksums_ += knock.broken == Broken::wrong_checksum ? 1 : 0;
}

void Truth::end_day() {
  if (packets_.empty()) return;
  wait();
  counting_ = std::async(std::launch::async, [this, day = day_, packets = std::move(packets_)] { count(day, packets); });
  packets_ = {};
}

void Truth::wait() {
  if (counting_.valid()) counting_.get();
}

void Truth::count(std::int64_t utc_day, const std::vector<Counted>& packets) {
  DayTotals& utc = utc_days_[utc_day];
  utc.expect(packets.size());
  for (const Counted& packet : packets) utc.add(packet);
  utc.forget_hosts();
  // Packets come in order of time, and so do local days.
  for (auto first = packets.begin(); first != packets.end();) {
    const auto last = std::find_if(first, packets.end(), [&](const Counted& packet) { return packet.days_later != first->days_later; });
    const std::int64_t number = utc_day + first->days_later;
    DayTotals& local = local_days_[number];
    local.expect(static_cast<std::size_t>(last - first));
    for (; first != last; ++first) local.add(*first);
    if (const auto before = local_days_.find(number - 1); before != local_days_.end()) before->second.forget_hosts();
  }
}

void Truth::add_lost(const DrdosPacket& packet) {
  // Half hours: the finest step of a clock's offset from UTC that a day may be cut at.
  const std::int64_t half_hour = floor_div(second_of(packet.knock.time_ns), kSecondsPerHour / 2);
  ++lost_requests_[{half_hour, packet.pot, packet.service}][static_cast<std::size_t>(packet.kind)];
}

std::vector<DrdosDay> Truth::request_days(const DrdosTraffic& requests, std::int64_t utc_offset) const {
  std::vector<DrdosDay> days = requests.days(run_.from * kNanosPerSecond, run_.to * kNanosPerSecond, utc_offset);
  for (const auto& [when, lost] : lost_requests_) {
    const auto& [half_hour, pot, service] = when;
    const std::int64_t day = floor_div(half_hour * (kSecondsPerHour / 2) + utc_offset, kSecondsPerDay);
    for (DrdosDay& each : days) {
      if (each.day != day || each.pot != pot || each.service != service) continue;
      each.attack_requests -= lost[static_cast<std::size_t>(DrdosKind::attack)];
      each.probes -= lost[static_cast<std::size_t>(DrdosKind::scanner)];
      each.client_requests -= lost[static_cast<std::size_t>(DrdosKind::ntp_client)];
      each.answers -= lost[static_cast<std::size_t>(DrdosKind::answer)];
    }
  }
  std::erase_if(days, [&](const DrdosDay& each) { return !run_.only.empty() && run_.only != pot_name(each.pot); });
  return days;
}

void Truth::add_visit(const Conversation* conversation, std::uint32_t src, const VisitTold& told) {
  Visits& visits = visits_[conversation == nullptr ? std::string() : std::string(conversation->name)];
  ++visits.visits;
  visits.connections += told.connections.size();
  visits.broken_off += told.broken_off ? 1 : 0;
  visits.logins += told.logins.size();
  visits.accepted +=
      static_cast<std::uint64_t>(std::count_if(told.logins.begin(), told.logins.end(), [](const auto& login) { return login.accepted; }));
  visits.hosts.insert(src);
  visits.urls.insert(told.urls.begin(), told.urls.end());
}

}  // namespace nightjar::simulate
