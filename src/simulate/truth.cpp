#include "simulate/truth.hpp"

#include <algorithm>
#include <limits>

#include "base/time.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

}  // namespace

void Truth::Seen::add(std::int64_t time_ns, std::uint32_t host) {
  if (packets++ == 0) first_ns = time_ns;
  last_ns = time_ns;
  hosts.insert(host);
}

Truth::Truth(const Model& model, Run run) : model_(model), run_(run), incidents_(model.scenario().incidents.size()) {
  const auto& incidents = model.scenario().incidents;
  for (const ReadyPopulation& ready : model.populations()) {
    const auto found =
        std::find_if(incidents.begin(), incidents.end(), [&](const Incident& one) { return one.id == ready.population->incident; });
    incident_of_.push_back(found == incidents.end() ? kNone : static_cast<std::size_t>(found - incidents.begin()));
  }
}

void Truth::add(const Event& event, const Knock& knock) {
  constexpr std::int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;
  const std::int64_t utc = floor_div(event.time_ns, kNanosPerDay);
  const std::int64_t local = floor_div(event.time_ns + model_.scenario().utc_offset * kNanosPerSecond, kNanosPerDay);
  if (utc_day_ == nullptr || utc != utc_number_) {
    if (utc_day_ != nullptr) utc_day_->forget_hosts();
    utc_day_ = &utc_days_[utc_number_ = utc];
  }
  if (local_day_ == nullptr || local != local_number_) {
    if (local_day_ != nullptr) local_day_->forget_hosts();
    local_day_ = &local_days_[local_number_ = local];
  }
  const CountryCode country = model_.populations()[event.population].population->origins[event.origin].country;
  utc_day_->add(knock, country);
  local_day_->add(knock, country);
  if (const std::size_t incident = incident_of_[event.population]; incident != kNone) incidents_[incident].add(event.time_ns, event.src);
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
