#pragma once
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <future>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.hpp"
#include "enrich/geolocation.hpp"
#include "simulate/conversation.hpp"
#include "simulate/day_totals.hpp"
#include "simulate/drdos.hpp"
#include "simulate/event.hpp"
#include "simulate/model.hpp"

namespace nightjar::simulate {

/// What was really written: the answers for whoever tests a program that explains traffic. Never beside the captures: only where
/// --truth says. docs/model.md describes the JSON.
class Truth {
 public:
  /// The arguments of a run, as the truth names them.
  struct Run {
    std::uint64_t seed = 0;
    std::uint32_t addresses = 0;
    double attack_scale = 0;
    std::int64_t from = 0, to = 0;  ///< seconds since 1970
    std::string only{};             ///< the one sensor that was written; empty: all
  };
  Truth(const Model& model, Run run);

  ~Truth();
  /// A packet that is written into a darknet's capture; in order of time.
  void add(const Event& event, const Knock& knock);
  /// A visit of the honeypot; without `conversation` a probe alone, which was answered.
  void add_visit(const Conversation* conversation, std::uint32_t src, const VisitTold& told);
  /// A probe that is written into a honeypot's capture: of these only the broken ones are counted.
  void add_at_honeypot(const Knock& knock);
  /// A packet that the darknet would have seen but for an outage.
  void add_lost() { ++lost_in_outages_; }
  /// The same of a reflector's packet.
  void add_lost(const DrdosPacket& packet);

  /// Counts what came so far, in a thread of its own while the caller goes on. To be called after each UTC day.
  void end_day();
  /// The JSON text; to be asked for once, at the end.
  std::string json(const DrdosTraffic& requests, const std::vector<GeolocationSource>& geolocation);

 private:
  struct Seen {
    std::uint64_t packets = 0;
    std::int64_t first_ns = 0, last_ns = 0;
    absl::flat_hash_set<std::uint32_t> hosts;

    void add(std::int64_t time_ns, std::uint32_t host);
  };
  struct Visits {
    std::uint64_t visits = 0, connections = 0, broken_off = 0, logins = 0, accepted = 0;
    absl::flat_hash_set<std::uint32_t> hosts;
    std::set<std::string> urls;
  };

  const Model& model_;
  Run run_;
  /// Requests and answers by day, pot and service, without those that outages lost.
  std::vector<DrdosDay> request_days(const DrdosTraffic& requests, std::int64_t utc_offset) const;
  void count(std::int64_t utc_day, const std::vector<Counted>& packets);
  void wait();

  std::map<std::int64_t, DayTotals> utc_days_, local_days_;  ///< local: of the scenario's UTC offset; only counting_ touches them
  std::int64_t day_ = 0;                                     ///< the UTC day of packets_
  std::vector<Counted> packets_;
  std::future<void> counting_;
  std::vector<std::size_t> incident_of_;  ///< [population]: index in incidents_, or none
  std::vector<Seen> incidents_;           ///< as in Scenario::incidents
  std::uint64_t honeypot_undecodable_ = 0, honeypot_wrong_checksums_ = 0;
  std::map<std::string, Visits> visits_;  ///< by conversation; "" for none
  std::uint64_t lost_in_outages_ = 0;
  std::map<std::tuple<std::int64_t, std::uint8_t, DrdosService>, std::array<std::uint64_t, 4>>
      lost_requests_;  ///< by half hour, pot and service: by kind
};

}  // namespace nightjar::simulate
