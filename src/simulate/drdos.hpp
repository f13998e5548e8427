#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/knock.hpp"
#include "simulate/origins.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// The services of the report's pots, by port.
enum class DrdosService : std::uint8_t { chargen, dns, ntp, ssdp };
inline constexpr std::array kDrdosServices = {DrdosService::chargen, DrdosService::dns, DrdosService::ntp, DrdosService::ssdp};
std::string_view name_of(DrdosService service);
std::uint16_t port_of(DrdosService service);

/// When requests are an attack: so many of one source to one service of one pot without a longer pause (Kraemer et al., AmpPot, RAID 2015).
inline constexpr std::uint32_t kAttackRequests = 100;
inline constexpr std::int64_t kAttackGapSeconds = 3600;

/// What one pot gets of an attack through one service.
struct DrdosSighting {
  std::int64_t first_ns = 0, last_ns = 0;  ///< exactly of its first and last request; whole microseconds, as captures keep
  std::uint32_t attack = 0;                ///< index in attacks()
  std::uint32_t requests = 0;              ///< at least 2; of a carpet over all its addresses together
  std::uint8_t pot = 0;
  DrdosService service = DrdosService::dns;
};

/// One attack on one victim as the model drew it: what a program that merges requests should find.
struct DrdosAttack {
  std::uint32_t victim = 0;         ///< the address that requests pretend to come from; of a carpet the first of the /24
  std::uint8_t prefix_length = 32;  ///< 24: a carpet over all addresses of the /24
  CountryCode country = 0;
  std::uint32_t asn = 0;                                 ///< 0 where the scenario leaves it open
  std::vector<std::string_view> services;                ///< by port, each once: "chargen", "dns", "ntp", "ssdp"
  std::vector<std::uint8_t> pots;                        ///< indices of the pots that see it, ascending
  std::uint32_t first_sighting = 0, sighting_count = 0;  ///< in sightings(), the one that began first in front
  std::int64_t first_ns = 0, last_ns = 0;                ///< of its requests, all pots together
  std::uint64_t requests = 0;                            ///< at all pots together
  /// Attacks in the plain sum over pots and services (footnote 10 of the report): the sightings with at least kAttackRequests
  /// requests. 0 for a carpet: each of its addresses stays below that.
  std::uint32_t counts_as = 0;
  std::string incident;  ///< id, or empty
};

enum class DrdosKind : std::uint8_t { attack, scanner, ntp_client, answer };
inline constexpr std::uint32_t kNoAttack = ~0U;

/// A packet at a pot, before its frame is made.
struct DrdosPacket {
  Knock knock;  ///< the payload lives until the next packet
  std::uint8_t pot = 0;
  DrdosService service = DrdosService::dns;
  DrdosKind kind = DrdosKind::attack;
  std::uint32_t attack = kNoAttack;  ///< index in attacks(); of an answer too
};
using DrdosSink = std::function<void(const DrdosPacket&)>;

/// What one pot gets on a day through one service.
struct DrdosDay {
  std::int64_t day = 0;  ///< days since 1970 of the clock that was asked for
  std::uint8_t pot = 0;
  DrdosService service = DrdosService::dns;
  std::uint64_t attack_requests = 0, probes = 0, client_requests = 0;  ///< observed packets: attacks and carpets; scanners; NTP clients
  std::uint64_t answers = 0;                                           ///< packets that the pot sends
  std::uint32_t attacks = 0;                                           ///< counted sightings whose first request is on that day
};

/// The requests that the pots of a scenario get, and the few answers they give: attacks by quota, carpets, scanners that probe once,
/// ordinary NTP clients. No NTP client and no scanner ever makes a counted attack, and no two attacks on one victim are less than two
/// hours apart, so a program that merges requests by the rule above must find exactly the counted sightings.
/// Immutable once drawn and safe to share between threads.
class DrdosTraffic {
 public:
  struct Config {
    double attack_scale = 0.001;  ///< share of the report's attacks
    std::uint64_t seed = 2017;
  };
  /// Draws all attacks, without a packet. Counts by service and by country and the quantiles of durations are those of the scenario up
  /// to rounding (largest remainder), counted as the report does: sightings over all pots, so they do not depend on `pots`.
  /// The longest attack is one of them and is left out where its country or NTP has no quota. `most_requests`, scaled, bounds the
  /// requests of all kinds unless the smallest numbers that the counts need are more. `origins` must outlive the traffic.
  /// Without pots there is no traffic.
  static Result<DrdosTraffic> draw(const Reflectors& reflectors, const Origins& origins, Config config);

  DrdosTraffic(DrdosTraffic&&) noexcept;
  DrdosTraffic& operator=(DrdosTraffic&&) noexcept;
  ~DrdosTraffic();

  /// By time of the first request.
  const std::vector<DrdosAttack>& attacks() const;
  std::span<const DrdosSighting> sightings() const;
  std::span<const DrdosSighting> sightings(const DrdosAttack& attack) const;
  /// Whether it is one of the report's attacks.
  bool counts(const DrdosSighting& sighting) const;

  /// Gives the packets of [from_ns, to_ns), in no particular order, but always in the same. The same packets whichever times were asked
  /// for before; cost in proportion to the packets.
  void each(std::int64_t from_ns, std::int64_t to_ns, const DrdosSink& sink) const;
  /// Adds the same to the pots' sheets, one a pot.
  void add(std::int64_t from_ns, std::int64_t to_ns, std::span<FrameSheet> sheets) const;
  /// A whole UTC day (days since 1970).
  void add_day(std::int64_t day, std::span<FrameSheet> sheets) const;

  /// Exact numbers of what lies in [from_ns, to_ns), by days of a clock `utc_offset` seconds ahead of UTC. By day, pot and service;
  /// rows with nothing are left out.
  std::vector<DrdosDay> days(std::int64_t from_ns, std::int64_t to_ns, std::int64_t utc_offset) const;

 private:
  struct State;
  explicit DrdosTraffic(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace nightjar::simulate
