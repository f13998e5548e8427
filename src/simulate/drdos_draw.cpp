#include "simulate/drdos_draw.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/time.hpp"
#include "simulate/drdos_quota.hpp"
#include "simulate/drdos_victims.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kMicrosecond = 1000;
constexpr double kReportScale = 0.001;  // `most_requests` is for this share of the attacks
constexpr std::int64_t kLongestSeconds = 21 * kSecondsPerDay, kLongestEverySeconds = 10;
constexpr std::int64_t kLongestEndsBefore = 5 * kSecondsPerHour;  // before the end of the span
// What one attack's packets reach the pots apart, at most.
constexpr std::int64_t kSpread = 1'500'000 * kMicrosecond;
constexpr std::size_t kMostServices = 3;

/// Attacks that share a victim country, or one rise on it.
struct Block {
  VictimPlace place;
  std::int32_t rise = -1;
  std::uint64_t units = 0;  ///< counted sightings
};

/// One attack before it has a time: `pots` x `services` counted sightings.
struct Group {
  std::uint32_t block = 0;
  std::uint8_t pots = 1, services = 1;
  std::array<DrdosService, kMostServices> service{};
  bool longest = false;
  std::size_t size() const { return std::size_t{pots} * services; }
};

template <class T>
void shuffle(std::vector<T>& list, Random& random) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.next() % i]);
}

class AttackDraw {
 public:
  AttackDraw(const Reflectors& reflectors, const Origins& origins, DrdosTraffic::Config config, std::uint64_t other_requests)
      : reflectors_(reflectors),
        origins_(origins),
        config_(config),
        random_{config.seed, static_cast<std::uint64_t>(DrdosStream::attacks)},
        from_ns_(reflectors.from * kNanosPerSecond),
        to_ns_(reflectors.to * kNanosPerSecond),
        budget_(static_cast<double>(reflectors.most_requests) * config.attack_scale / kReportScale - static_cast<double>(other_requests)) {}

  Result<DrdosDraft> run() {
    count_services();
    if (auto made = make_blocks(); !made) return made.error();
    place_longest();
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) group(block);
    give_services();
    make_days();
    give_times();
    add_carpets();
    give_requests(draft_, budget_, random_);
    sum_up(draft_);
    std::vector<VictimPlace> places;
    for (const Block& block : blocks_) places.push_back(block.place);
    if (auto drawn = draw_victims(draft_.attacks, block_of_, places, config_.seed); !drawn) return drawn.error();
    put_in_order(draft_);
    return std::move(draft_);
  }

 private:
  void count_services() {
    std::vector<double> shares;
    double sum = 0;
    for (const DrdosService service : kDrdosServices) {
      double attacks = 0;
      for (const ReflectorService& wanted : reflectors_.services) attacks += wanted.name == name_of(service) ? wanted.attacks : 0;
      shares.push_back(attacks);
      sum += attacks;
    }
    total_ = static_cast<std::uint64_t>(std::llround(sum * config_.attack_scale));
    attacks_at_full_scale_ = sum;
    const auto quotas = largest_remainder(shares, total_);
    std::copy(quotas.begin(), quotas.end(), left_.begin());
  }

  Result<void> make_blocks() {
    std::vector<double> shares;
    std::vector<OriginWeight> places;
    double listed = 0, weights = 0;
    for (const VictimCountry& victim : reflectors_.victims) {
      shares.push_back(victim.attacks);
      places.push_back({victim.country, 0, 1});
      listed += victim.attacks;
    }
    for (const OriginWeight& other : reflectors_.other_countries) weights += other.weight;
    for (const OriginWeight& other : reflectors_.other_countries) {
      shares.push_back(std::max(0.0, attacks_at_full_scale_ - listed) * other.weight / weights);
      places.push_back(other);
    }
    const auto quotas = largest_remainder(shares, total_);
    for (std::size_t i = 0; i < quotas.size(); ++i) {
      std::uint64_t left = quotas[i];
      for (std::size_t rise = 0; i < reflectors_.victims.size() && rise < reflectors_.rises.size(); ++rise) {
        const DrdosRise& risen = reflectors_.rises[rise];
        if (risen.country != places[i].country) continue;
        const auto wanted = static_cast<std::uint64_t>(std::llround(risen.attacks * config_.attack_scale));
        const std::uint64_t units = std::min(left, wanted);
        left -= units;
        if (auto added = add_block({risen.country, risen.asn, 1}, static_cast<std::int32_t>(rise), units); !added) return added;
      }
      if (auto added = add_block(places[i], -1, left); !added) return added;
    }
    return {};
  }

  /// A country without an attack needs no addresses.
  Result<void> add_block(const OriginWeight& where, std::int32_t rise, std::uint64_t units) {
    if (units == 0) return {};
    auto pool = origins_.pool(where.country, where.asn);
    if (!pool) return pool.error();
    blocks_.push_back({{*pool, where.country, where.asn}, rise, units});
    return {};
  }

  /// Takes its place in the quotas of its country and of NTP.
  void place_longest() {
    auto& ntp = left_[static_cast<std::size_t>(DrdosService::ntp)];
    if (!reflectors_.longest || ntp == 0 || reflectors_.to - reflectors_.from <= kLongestSeconds + kLongestEndsBefore) return;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].place.country != country_code('C', 'N') || blocks_[i].rise >= 0 || blocks_[i].units == 0) continue;
      --blocks_[i].units;
      --ntp;
      Group group;
      group.block = i;
      group.service[0] = DrdosService::ntp;
      group.longest = true;
      groups_.push_back(group);
      return;
    }
  }

  /// Divides a block's counted sightings into attacks of one or several pots and services.
  void group(std::uint32_t block) {
    const auto offered = static_cast<std::size_t>(std::count_if(left_.begin(), left_.end(), [](std::uint64_t left) { return left > 0; }));
    for (std::uint64_t units = blocks_[block].units; units > 0;) {
      Group group;
      group.block = block;
      if (random_.unit() < reflectors_.multi_service) {
        group.services = static_cast<std::uint8_t>(std::min(offered, std::size_t{random_.unit() < 0.85 ? 2U : 3U}));
      }
      if (reflectors_.pots > 1 && random_.unit() < reflectors_.multi_pot) {
        group.pots = 2;
        while (group.pots < reflectors_.pots && group.pots < 7 && random_.unit() < 0.55) ++group.pots;
      }
      while (group.size() > units && group.pots > 1) --group.pots;
      while (group.size() > units) --group.services;
      units -= group.size();
      groups_.push_back(group);
    }
  }

  /// Draws a service that still has quota for all pots of the group and is none of its first `others`; false: there is none.
  bool draw_service(const Group& group, std::size_t others, DrdosService& service) {
    std::array<std::uint64_t, kDrdosServices.size()> weight{};
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      bool taken = left_[i] < group.pots;
      for (std::size_t other = 0; other < others; ++other) taken |= group.service[other] == kDrdosServices[i];
      weight[i] = taken ? 0 : left_[i];
      sum += weight[i];
    }
    if (sum == 0) return false;
    std::uint64_t place = random_.next() % sum;
    std::size_t i = 0;
    for (; place >= weight[i]; ++i) place -= weight[i];
    service = kDrdosServices[i];
    return true;
  }

  /// Deals the quota of the services out without putting back, the largest groups first, in no other order. What fits nowhere is
  /// divided into attacks of one pot and one service each.
  void give_services() {
    const std::size_t fixed = !groups_.empty() && groups_.front().longest ? 1 : 0;
    std::vector<Group> waiting(groups_.begin() + static_cast<std::ptrdiff_t>(fixed), groups_.end());
    groups_.resize(fixed);
    shuffle(waiting, random_);
    std::stable_sort(waiting.begin(), waiting.end(), [](const Group& a, const Group& b) { return a.size() > b.size(); });
    const auto take = [this](const Group& group) {
      for (std::size_t i = 0; i < group.services; ++i) left_[static_cast<std::size_t>(group.service[i])] -= group.pots;
      groups_.push_back(group);
    };
    for (Group group : waiting) {
      bool fits = true;
      for (std::size_t i = 0; fits && i < group.services; ++i) fits = draw_service(group, i, group.service[i]);
      if (fits) {
        take(group);
        continue;
      }
      Group single;
      single.block = group.block;
      for (std::size_t i = 0; i < group.size(); ++i) {
        if (draw_service(single, 0, single.service[0])) take(single);
      }
    }
    shuffle(groups_, random_);
  }

  /// How much happens on each day differs by service, as in the report's figure 10.
  void make_days() {
    const auto days = static_cast<std::size_t>((reflectors_.to - reflectors_.from + kSecondsPerDay - 1) / kSecondsPerDay);
    for (std::size_t service = 0; service < kDrdosServices.size(); ++service) {
      std::vector<double> weights(days);
      for (double& weight : weights) weight = std::exp(0.18 * normal_number(random_));
      days_.emplace_back(weights);
    }
  }

  /// A start such that an attack of that length ends in time.
  std::int64_t draw_start(const Group& group, std::int64_t length) {
    if (group.longest) return to_ns_ - kLongestEndsBefore * kNanosPerSecond - length;
    std::int64_t from = from_ns_, to = to_ns_;
    if (const std::int32_t rise = blocks_[group.block].rise; rise >= 0) {
      from = reflectors_.rises[static_cast<std::size_t>(rise)].from * kNanosPerSecond;
      to = reflectors_.rises[static_cast<std::size_t>(rise)].to * kNanosPerSecond;
    }
    to = std::min(to, to_ns_ - length - kSpread);
    if (to <= from) return std::max(from_ns_, to - kMicrosecond);
    for (int attempt = 0; attempt < 8; ++attempt) {
      const std::uint32_t day = days_[static_cast<std::size_t>(group.service[0])].draw(random_);
      const auto start = from_ns_ + static_cast<std::int64_t>((day + random_.unit()) * kSecondsPerDay * 1e9);
      if (start >= from && start < to) return start / kMicrosecond * kMicrosecond;
    }
    const auto place = static_cast<std::int64_t>(random_.unit() * static_cast<double>(to - from - 1));
    return std::max(from, (from + place) / kMicrosecond * kMicrosecond);
  }

  std::vector<std::uint8_t> draw_pots(std::size_t count) {
    std::vector<std::uint8_t> pots(reflectors_.pots);
    std::iota(pots.begin(), pots.end(), std::uint8_t{0});
    shuffle(pots, random_);
    pots.resize(count);
    return pots;
  }

  /// Groups stand in no order, so runs of the sorted durations make every multiset of them independent of country and service, and
  /// pots that see one attack see almost the same duration.
  void give_times() {
    auto durations = durations_by_quota(reflectors_.durations, total_, random_);
    const bool longest = std::any_of(groups_.begin(), groups_.end(), [](const Group& group) { return group.longest; });
    if (longest) durations.pop_back();
    std::size_t used = 0;
    draft_.sightings.reserve(total_ + total_ / 32);
    for (const Group& group : groups_) {
      std::vector<std::int64_t> own(group.size(), kLongestSeconds * kNanosPerSecond);
      if (!group.longest) {
        std::copy_n(durations.begin() + static_cast<std::ptrdiff_t>(used), group.size(), own.begin());
        used += group.size();
      }
      const std::int64_t start = draw_start(group, *std::max_element(own.begin(), own.end()));
      // Of some attacks a further pot gets less than what counts.
      const bool glimpse =
          group.pots > 1 && group.pots < reflectors_.pots && random_.below(8) == 0 && own[0] < kSecondsPerHour * kNanosPerSecond;
      const std::vector<std::uint8_t> pots = draw_pots(group.pots + std::size_t{glimpse});
      begin_attack(group.block);
      for (std::size_t i = 0; i < group.size(); ++i) {
        const std::int64_t delay = i == 0 ? 0 : random_.below(kSpread / kMicrosecond) * kMicrosecond;
        add_sighting(start + delay, own[i], pots[i % group.pots], group.service[i / group.pots], 0);
      }
      if (glimpse) add_sighting(start, own[0], pots.back(), group.service[0], 10 + random_.below(kAttackRequests - 10));
      if (group.longest) draft_.sightings.back().requests = kLongestSeconds / kLongestEverySeconds + 1;
    }
  }

  void begin_attack(std::uint32_t block) {
    DrdosAttack attack;
    attack.country = blocks_[block].place.country;
    attack.asn = blocks_[block].place.asn;
    if (const std::int32_t rise = blocks_[block].rise; rise >= 0)
      attack.incident = reflectors_.rises[static_cast<std::size_t>(rise)].incident;
    attack.first_sighting = static_cast<std::uint32_t>(draft_.sightings.size());
    draft_.attacks.push_back(attack);
    block_of_.push_back(block);
  }

  /// `requests` 0: to be given by give_requests.
  void add_sighting(std::int64_t first_ns, std::int64_t duration_ns, std::uint8_t pot, DrdosService service, std::uint32_t requests) {
    DrdosSighting sighting;
    sighting.attack = static_cast<std::uint32_t>(draft_.attacks.size() - 1);
    sighting.first_ns = first_ns;
    sighting.last_ns = first_ns + duration_ns;
    sighting.pot = pot;
    sighting.service = service;
    sighting.requests = requests;
    draft_.sightings.push_back(sighting);
    ++draft_.attacks.back().sighting_count;
  }

  /// Attacks on whole networks, as many as the scenario says at every scale: every address gets far less than an attack's requests.
  void add_carpets() {
    constexpr double kMostOnOneAddress = 40, kFewestOnOneAddress = 4, kSightings = 3, kShareOfBudget = 0.1;
    if (blocks_.empty()) return;
    const double fits = budget_ * kShareOfBudget / (kCarpetAddresses * kSightings * std::max(1U, reflectors_.carpets));
    const auto most = static_cast<std::uint32_t>(std::clamp(fits, kFewestOnOneAddress, kMostOnOneAddress));
    for (std::uint32_t i = 0; i < reflectors_.carpets; ++i) {
      Group group;
      group.block = block_of_[random_.next() % block_of_.size()];
      group.services = random_.below(2) ? 2 : 1;
      group.service = {DrdosService::dns, DrdosService::ntp};
      const auto length = std::min<std::int64_t>((60 + random_.below(840)) * kNanosPerSecond, (to_ns_ - from_ns_) / 4);
      const std::int64_t start = draw_start(group, length);
      begin_attack(group.block);
      draft_.attacks.back().incident.clear();
      draft_.attacks.back().prefix_length = 24;
      const std::uint32_t each = most / 2 + random_.below(most / 2) + 1;
      for (const std::uint8_t pot : draw_pots(std::min<std::size_t>(reflectors_.pots, 1 + random_.below(3)))) {
        for (std::size_t s = 0; s < group.services; ++s) add_sighting(start, length, pot, group.service[s], kCarpetAddresses * each);
      }
    }
  }

  const Reflectors& reflectors_;
  const Origins& origins_;
  const DrdosTraffic::Config config_;
  Random random_;
  const std::int64_t from_ns_, to_ns_;
  const double budget_;

  std::uint64_t total_ = 0;  ///< counted sightings
  double attacks_at_full_scale_ = 0;
  std::array<std::uint64_t, kDrdosServices.size()> left_{};  ///< quota not given yet
  std::vector<Block> blocks_;
  std::vector<Group> groups_;
  std::vector<WeightedChoice> days_;     ///< one a service
  std::vector<std::uint32_t> block_of_;  ///< of each attack of the draft, until they are put in order
  DrdosDraft draft_;
};

}  // namespace

Result<DrdosDraft> draw_attacks(const Reflectors& reflectors, const Origins& origins, DrdosTraffic::Config config,
                                std::uint64_t other_requests) {
  return AttackDraw(reflectors, origins, config, other_requests).run();
}

}  // namespace nightjar::simulate
