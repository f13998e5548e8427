#include "simulate/origins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/text.hpp"
#include "simulate/country_networks.hpp"
#include "simulate/local_time.hpp"

namespace nightjar::simulate {
namespace {

using Wide = unsigned __int128;

constexpr std::uint32_t kDarknetLast = kDarknetFirst | 0xffff;
constexpr std::size_t kNamedAses = 8;       ///< of a country, in a sentence
constexpr std::size_t kNamedCountries = 5;  ///< of an AS

std::string letters(CountryCode country) {
  if (country == 0) return "no country";
  return escape_for_terminal(std::string{static_cast<char>(country & 0xff), static_cast<char>(country >> 8)});
}

struct Network {
  std::uint32_t asn, first, last;
};
using NetworksByCountry = std::map<CountryCode, std::vector<Network>>;

NetworksByCountry networks_by_country(const Geolocation& data) {
  NetworksByCountry countries;
  const auto add = [&countries](std::uint32_t first, std::uint32_t last, Origin origin) {
    if (origin.country != 0 && first <= last) countries[origin.country].push_back({origin.asn, first, last});
  };
  data.visit_ipv4([&add](std::uint32_t first, std::uint32_t last, Origin origin) {
    if (last < kDarknetFirst || first > kDarknetLast) return add(first, last, origin);
    if (first < kDarknetFirst) add(first, kDarknetFirst - 1, origin);
    if (last > kDarknetLast) add(kDarknetLast + 1, last, origin);
  });
  return countries;
}

/// Sources that nobody can answer: private, shared and link-local addresses (RFC 1918, 6598, 3927) that leak out or are forged.
constexpr std::array kBogons = std::to_array<std::pair<std::uint32_t, std::uint32_t>>({{0x0a000000, 0x0affffff},
                                                                                       {0x64400000, kDarknetFirst - 1},
                                                                                       {0xa9fe0000, 0xa9feffff},
                                                                                       {0xac100000, 0xac1fffff},
                                                                                       {0xc0a80000, 0xc0a8ffff}});

/// Networks that no AS announces stay only where there are no others.
CountryNetworks country_of(CountryCode country, std::vector<Network> networks) {
  std::stable_sort(networks.begin(), networks.end(), [](const Network& a, const Network& b) { return a.asn < b.asn; });
  auto first = std::find_if(networks.begin(), networks.end(), [](const Network& each) { return each.asn != 0; });
  if (first == networks.end()) first = networks.begin();
  CountryNetworks result(country);
  for (; first != networks.end(); ++first) result.add(first->asn, first->first, first->last);
  result.finish();
  return result;
}

}  // namespace

/// A stretch of a country's hosts.
struct Origins::Pool {
  const CountryNetworks* networks;
  std::uint32_t first, hosts;
};

struct Origins::State {
  struct Country {
    CountryNetworks networks;
    std::string largest;       ///< ", of AS4134 (Chinanet), ..." for a sentence
    Pool pool{};               ///< of all its ASes
    std::vector<Pool> ases{};  ///< as in networks.ases()
  };
  std::vector<Country> countries;  ///< codes ascend; never changed once built, so that pools stay where they are

  const Country* find(CountryCode code) const {
    const auto less = [](const Country& each, CountryCode wanted) { return each.networks.country() < wanted; };
    const auto found = std::lower_bound(countries.begin(), countries.end(), code, less);
    return found != countries.end() && found->networks.country() == code ? &*found : nullptr;
  }
  /// "; the data have AS4134 in CN (112,000,000 addresses), HK (2,000)": where else the AS is, most addresses first.
  std::string elsewhere(std::uint32_t asn) const {
    std::vector<std::pair<std::uint32_t, CountryCode>> places;
    for (const Country& country : countries) {
      if (const auto* as = country.networks.find(asn)) places.emplace_back(as->hosts, country.networks.country());
    }
    if (places.empty()) return fmt::format("; they have AS{} in no country", asn);
    std::sort(places.rbegin(), places.rend());
    places.resize(std::min(places.size(), kNamedCountries));
    std::string text;
    for (const auto& [hosts, country] : places) {
      text += fmt::format("{}{} ({} addresses)", text.empty() ? "" : ", ", letters(country), with_thousands(hosts));
    }
    return fmt::format("; they have AS{} in {}", asn, text);
  }
};

namespace {

/// "AS7303 (Telecom Argentina S.A., 4,000,000 addresses), ...", largest first; empty where no AS is known.
std::string largest_ases(const CountryNetworks& networks, const Geolocation& data) {
  std::vector<CountryNetworks::As> ases = networks.ases();
  const auto named = ases.begin() + static_cast<std::ptrdiff_t>(std::min(ases.size(), kNamedAses));
  std::partial_sort(ases.begin(), named, ases.end(), [](const auto& a, const auto& b) { return a.hosts > b.hosts; });
  std::string text;
  for (auto as = ases.begin(); as != named && as->asn != 0; ++as) {
    const std::string name = escape_for_terminal(data.as_name(as->asn));
    text += fmt::format("{}AS{} ({}{}{} addresses)", text.empty() ? "" : ", ", as->asn, name, name.empty() ? "" : ", ",
                        with_thousands(as->hosts));
  }
  return text;
}

}  // namespace

Origins::Origins() : state_(std::make_unique<State>()) {}
Origins::Origins(Origins&&) noexcept = default;
Origins& Origins::operator=(Origins&&) noexcept = default;
Origins::~Origins() = default;

Result<Origins> Origins::build(const Geolocation& data) {
  Origins origins;
  for (auto& [code, networks] : networks_by_country(data)) {
    CountryNetworks country = country_of(code, std::move(networks));
    if (country.hosts() == 0) continue;
    std::string largest = largest_ases(country, data);
    origins.state_->countries.push_back({std::move(country), std::move(largest)});
  }
  if (origins.state_->countries.empty()) {
    return Error{
        "the geolocation data give no IPv4 address to any country, so there is nowhere to draw sources from: "
        "npm ci installs data, NIGHTJAR_GEODATA names others"};
  }
  std::vector<Network> bogons;
  for (const auto& [first, last] : kBogons) bogons.push_back({0, first, last});
  origins.state_->countries.insert(origins.state_->countries.begin(), {country_of(kBogon, std::move(bogons)), ""});
  for (State::Country& country : origins.state_->countries) {
    country.pool = {&country.networks, 0, country.networks.hosts()};
    for (const CountryNetworks::As& as : country.networks.ases()) country.ases.push_back({&country.networks, as.first, as.hosts});
  }
  return origins;
}

Result<const Origins::Pool*> Origins::pool(CountryCode country, std::uint32_t asn) const {
  const State::Country* found = state_->find(country);
  if (found != nullptr && asn == 0) return &found->pool;
  if (found != nullptr) {
    const auto& ases = found->networks.ases();
    if (const auto* as = found->networks.find(asn)) return &found->ases[static_cast<std::size_t>(as - ases.data())];
  }
  std::string sentence =
      "the geolocation data give no IPv4 address to " + (asn == 0 ? "" : fmt::format("AS{} in ", asn)) + letters(country);
  if (asn != 0) sentence += state_->elsewhere(asn);
  if (found != nullptr) {
    sentence += found->largest.empty() ? "; they know no AS there" : "; the largest ASes there: " + found->largest;
  }
  return Error{sentence};
}

std::uint64_t Origins::size(const Pool& pool) { return pool.hosts; }

std::uint32_t Origins::address(const Pool& pool, std::uint64_t number) {
  const auto host = static_cast<std::uint32_t>(static_cast<Wide>(mix64(number)) * pool.hosts >> 64);
  return pool.networks->host(pool.first + host);
}

double Origins::utc_offset_hours(CountryCode country) { return utc_offset_hours_of(country).value_or(0); }

}  // namespace nightjar::simulate
