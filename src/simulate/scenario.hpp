#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "schema/rows.hpp"

namespace nightjar::simulate {

/// A value that changes with time: linear between its points, held before the first and behind the last. Two points of one
/// time are a jump. Without points it is 0.
struct Curve {
  struct Point {
    std::int64_t second;  ///< since 1970 UTC
    double value;         ///< not negative
  };
  std::vector<Point> points;  ///< times ascend

  double at(double second) const;
  /// Mean value between two times, `from` below `to`, seconds since 1970.
  double mean(double from, double to) const;
};

/// Stands for a country: private and other reserved addresses, which have none ("bogon" in a scenario).
inline constexpr CountryCode kBogon = 0;

/// Where hosts of a population are: a country, or one AS of it.
struct OriginWeight {
  CountryCode country = 0;
  std::uint32_t asn = 0;  ///< 0: any network of the country
  double weight = 1;      ///< relative to the others of the population
};

/// What hosts of a population knock on.
struct PortWeight {
  std::uint8_t protocol = 6;  ///< IANA number: 6 or 17; 1 for echo requests and ICMP quotes; others have no ports (47: GRE)
  std::uint16_t port = 0;     ///< 0: any port, drawn anew for each probe; of backscatter the victim's service
  double weight = 1;
};

struct RateWeight {
  double probes_per_second = 1;  ///< over the whole IPv4 space, while the host is on
  double weight = 1;             ///< share of the hosts, relative to the others
};

/// Hosts that behave alike. Either they come and go (births and clean-ups that keep `hosts` alive at a time), or they are a fixed
/// few (`fixed_hosts`) who share `packets_a_day`.
struct Population {
  std::string name, sentence;     ///< names differ; the sentence may be empty
  std::string tool;               ///< how its packets look: tool.hpp lists them
  std::string incident;           ///< id of the incident it belongs to; empty: the ordinary noise
  Curve hosts;                    ///< hosts alive in the world at a time
  Curve packets_a_day;            ///< instead of `hosts`: packets a day in a darknet of `Scenario::reference_addresses`
  std::uint32_t fixed_hosts = 0;  ///< so many hosts, neither more nor other ones, from the start to the end; needs `packets_a_day`
  double life_hours = 48;         ///< mean time from a host's first probe to its clean-up; ages are exponential
  double address_days = 0;        ///< mean time until a host gets another address of its network, at least 0.01; 0: it keeps it
  double rhythm = 0;              ///< 0 to 0.9: how much more is sent at `peak_hour` than on average, in the host's local time
  double peak_hour = 20;
  std::vector<RateWeight> rates;      ///< for `hosts` and for `packets_a_day`, not for fixed hosts
  std::vector<PortWeight> ports;      ///< at least one
  std::vector<OriginWeight> origins;  ///< 1 to 255
  std::string conversation;           ///< what it says to a honeypot that answers (conversation.hpp); empty: nothing
  double conversation_share = 1;      ///< 0 to 1: hosts that do so; the others leave it at their probe
};

/// What a program that explains traffic should find, as the truth names it.
struct Incident {
  std::string id, title, title_ja;  ///< ids differ
  std::string kind;  ///< "host-spike", "packet-spike", "new-port", "heavy-source", "scan-campaign", "dos-victim", "carpet-bombing",
                     ///< "new-payload", "drdos", "sensor", "none" (must not be reported)
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;
  std::int64_t onset = 0, peak = 0, end = 0;  ///< seconds since 1970; they ascend, peak and onset may be the same
  std::vector<std::string> because;           ///< "country=AR", "fingerprint=mirai", "asn=9605": what explains it
  std::vector<std::uint16_t> related_ports;   ///< TCP
  std::vector<std::string> payloads;          ///< names of conversations (conversation.hpp) that honeypots get
};

/// From `from` on the darknet has this share of its addresses, the lowest ones.
struct SizeChange {
  std::int64_t from = 0;  ///< seconds since 1970, the start of a UTC day
  double share = 1;       ///< above 0, at most 1
};
/// Nothing was captured between two times.
struct Outage {
  std::string sensor;  ///< "darknet", "honeypot", "reflector-1" and so on
  std::int64_t from = 0, to = 0;
};

/// One service of the reflectors: its quota of the attacks and what requests look like.
struct ReflectorService {
  std::string name;    ///< "dns", "ntp", "chargen", "ssdp"
  double attacks = 0;  ///< in the report's span, all pots together, before --attack-scale
};
/// Share of attacks whose duration is at most `seconds`.
struct DurationQuantile {
  double seconds, share;
};
struct VictimCountry {
  CountryCode country;
  double attacks;  ///< in the report's span, before --attack-scale; the rest is spread over `other_countries`
};
/// A stretch with more attacks on one country, or on one AS of it.
struct DrdosRise {
  std::string incident;  ///< id
  CountryCode country = 0;
  std::uint32_t asn = 0;
  std::int64_t from = 0, to = 0;
  double attacks = 0;  ///< out of the country's quota, before --attack-scale
};
struct Reflectors {
  std::uint32_t pots = 0;  ///< sensors of kind `reflector`; 0: none
  std::int64_t from = 0, to = 0;
  std::vector<ReflectorService> services;
  std::vector<DurationQuantile> durations;  ///< shares ascend to 1
  std::vector<VictimCountry> victims;
  std::vector<OriginWeight> other_countries;
  std::vector<DrdosRise> rises;
  double multi_pot = 0.3;       ///< share of attacks that use several pots
  double multi_service = 0.05;  ///< share of victims that are hit through several services at once
  std::uint32_t carpets = 0;    ///< attacks on every address of a /24 (already scaled)
  bool longest = false;         ///< the attack of 21 days, NTP, on a victim in CN, one request in 10 s
  std::uint32_t scanners_a_day = 0, ntp_clients = 0;
  std::uint64_t most_requests = 5'000'000;  ///< in all captures of the pots together, at --attack-scale 0.001
};

/// A sensor of kind `honeypot` that answers what populations with a `conversation` send.
struct Honeypot {
  std::uint32_t addresses = 0;  ///< 0: none
  std::int64_t from = 0, to = 0;
  double crawlers_a_day = 0;  ///< harmless web crawlers
};

/// A modelled observatory: a file under scenarios/ that users copy and edit.
struct Scenario {
  std::string name;  ///< of the file, without .toml
  std::string title, title_ja, sentence;
  std::int64_t from = 0, to = 0;         ///< seconds since 1970; what is written unless --from and --to say otherwise
  std::int64_t utc_offset = 0;           ///< seconds; dates without a zone mean this one, and the truth counts its days too
  double reference_addresses = 268'992;  ///< the darknet that `packets_a_day` are of
  std::vector<Population> populations;
  std::vector<Incident> incidents;
  std::vector<SizeChange> sizes;
  std::vector<Outage> outages;
  Reflectors reflectors;
  Honeypot honeypot;
};

/// The prefix of every modelled darknet: shared address space (RFC 6598), so never public, and not among the networks that Mirai skips.
inline constexpr std::uint32_t kDarknetFirst = 0x647f0000;  // 100.127.0.0/16
/// Addresses of darknets are 100.127.0.0 upwards, at most so many; those above are the pots'.
inline constexpr std::uint32_t kMostAddresses = 65'024;
inline constexpr std::uint32_t kReflectorsFirst = 0x647ffe00;  // 100.127.254.0/24: pot i is .i + 1
inline constexpr std::uint32_t kHoneypotFirst = 0x647fff00;    // 100.127.255.0/24

/// Reads a scenario file; errors name the file, the line and what would be right: the mistake that stands first in the file. What is
/// read keeps all that is said of the structs above; whether the geolocation data know its networks is for the model to find out.
Result<Scenario> read_scenario(const std::filesystem::path& path);
/// `name_for_errors` is also what the scenario is named after.
Result<Scenario> parse_scenario(std::string_view text, const std::string& name_for_errors);

/// The scenarios that are part of the program (scenarios/*.toml), by name; sorted.
struct BuiltInScenario {
  std::string_view name, text;
};
const std::vector<BuiltInScenario>& built_in_scenarios();

}  // namespace nightjar::simulate
