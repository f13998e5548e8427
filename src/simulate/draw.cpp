#include "simulate/draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/time.hpp"

namespace nightjar::simulate {
namespace {

constexpr double kSecondsAnHour = 3600;
constexpr double kNanosAnHour = kSecondsAnHour * 1e9;

/// Share of hosts whose life is longer than what is skipped: e^-21 is one in 10^9.
constexpr double kForgotten = 21;

}  // namespace

/// A host that is seen. Times in hours since 1970.
struct Draw::Host {
  const ReadyPopulation* ready;
  std::uint16_t population;
  std::uint8_t origin;
  std::uint64_t seed;
  std::vector<double> moves;  ///< times at which it gets another address, ascending
};

Draw::Draw(const Model& model, Places places, std::uint64_t seed, std::int64_t from, std::int64_t to)
    : model_(model), places_(places), seed_(seed), from_ns_(from * kNanosPerSecond), to_ns_(to * kNanosPerSecond) {
  double longest = 0;
  for (const ReadyPopulation& ready : model.populations()) longest = std::max(longest, ready.model.life_hours());
  const std::int64_t model_starts = floor_div(model.first_hour(), kHoursPerDay);
  const std::int64_t needed = floor_div(from, kSecondsPerDay) - static_cast<std::int64_t>(std::ceil(longest * kForgotten / kHoursPerDay));
  first_day_ = std::max(model_starts, needed);
}

void Draw::add_born_on(std::int64_t day, std::size_t population, std::vector<Event>& events) const {
  const ReadyPopulation& ready = model_.populations()[population];
  if (ready.population->fixed_hosts > 0) {
    add_fixed(day, population, events);
  } else if (static_cast<double>(floor_div(from_ns_, kSecondsPerDay * kNanosPerSecond) - day) * kHoursPerDay <=
             ready.model.life_hours() * kForgotten + kHoursPerDay) {
    add_cohort(day, population, events);
  }
}

void Draw::add_cohort(std::int64_t day, std::size_t population, std::vector<Event>& events) const {
  const ReadyPopulation& ready = model_.populations()[population];
  const PopulationModel& hosts = ready.model;
  const std::int64_t begin = std::max(hosts.first_hour(), day * kHoursPerDay), end = std::min(hosts.last_hour(), (day + 1) * kHoursPerDay);
  if (begin >= end) return;
  // births[0]: those who lived already when the model began.
  std::array<double, kHoursPerDay + 1> births_until{};
  double births = 0;
  births_until[0] = births = begin == hosts.first_hour() ? hosts.alive(begin) : 0;
  for (std::int64_t hour = begin; hour < end; ++hour)
    births_until[static_cast<std::size_t>(hour - begin) + 1] = births += hosts.births(hour);
  if (births <= 0) return;
  const auto last_birth = births_until.begin() + (end - begin) + 1;

  const double life = hosts.life_hours();
  double highest = 1;
  for (const Rhythm& rhythm : ready.rhythms) highest = std::max(highest, rhythm.highest());
  // Every probe of a life proposes itself as its host's first; drawn as if nobody were cleaned up early and all hours were peak hours,
  // and put right by refusals.
  // `within`: share of a life's probes that are sent before the model ends, at most; a life may be much longer than the model.
  const double model_ends = static_cast<double>(hosts.last_hour());
  const auto within = [&](double birth) { return -std::expm1((birth - model_ends) / life); };
  const double most_within = within(static_cast<double>(begin));
  const double proposals_a_place = births * life * most_within * hosts.mean_rate() * kSecondsAnHour * highest / kAddressSpace;
  Random proposals({seed_, ready.name, static_cast<std::uint64_t>(day)});
  for (double place = proposals.exponential() / proposals_a_place; place < places_.length();
       place += proposals.exponential() / proposals_a_place) {
    Random random(proposals.next());
    const double wanted = (1 - random.unit()) * births;
    const auto cohort = std::upper_bound(births_until.begin(), last_birth, wanted) - births_until.begin();
    const double birth = cohort == 0 ? static_cast<double>(begin) : static_cast<double>(begin + cohort - 1) + random.unit();
    const double share_within = within(birth);
    if (random.unit() * most_within > share_within) continue;
    const double first = birth - life * std::log1p(-share_within * random.unit());
    if (first >= model_ends) continue;
    const double extra = hosts.extra_hazard_until(first);
    if (random.unit() > std::exp(hosts.extra_hazard_until(birth) - extra)) continue;
    const std::uint32_t origin = ready.origins.draw(random);
    const Rhythm& rhythm = ready.rhythms[origin];
    if (random.unit() * highest > rhythm.at(static_cast<std::int64_t>(first))) continue;
    const double death =
        std::min({first + life * random.exponential(), hosts.when_extra_hazard_is(extra + random.exponential()), model_ends});
    const double rate = ready.population->rates[ready.rates_of_probes.draw(random)].probes_per_second;
    const double per_place = rate * kSecondsAnHour / kAddressSpace * (rhythm.until(death) - rhythm.until(birth));
    if (random.unit() > std::exp(-per_place * place)) continue;

    Host host{&ready, static_cast<std::uint16_t>(population), static_cast<std::uint8_t>(origin), random.next(), {}};
    if (ready.population->address_days > 0) {
      const double stay = ready.population->address_days * kHoursPerDay;
      Random moves({host.seed, 1});
      for (double time = birth + stay * moves.exponential(); time < death; time += stay * moves.exponential()) host.moves.push_back(time);
    }
    Random probes(host.seed);
    add_probe(host, place, first, probes, events);
    for (double next = place + probes.exponential() / per_place; next < places_.length(); next += probes.exponential() / per_place) {
      double time;
      do time = birth + (death - birth) * probes.unit();
      while (probes.unit() * rhythm.highest() > rhythm.at(static_cast<std::int64_t>(time)));
      add_probe(host, next, time, probes, events);
    }
  }
}

void Draw::add_fixed(std::int64_t day, std::size_t population, std::vector<Event>& events) const {
  const ReadyPopulation& ready = model_.populations()[population];
  const std::uint32_t count = ready.population->fixed_hosts;
  const double a_probe = static_cast<double>(ready.tool->attempts.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    Random character({seed_, ready.name, i, 2});
    const std::uint32_t origin = ready.origins.draw(character);
    const Host host{&ready, static_cast<std::uint16_t>(population), static_cast<std::uint8_t>(origin), character.next(), {}};
    const Rhythm& rhythm = ready.rhythms[origin];
    std::array<double, kHoursPerDay> until{};
    double sum = 0;
    for (std::int64_t hour = 0; hour < kHoursPerDay; ++hour) {
      const std::int64_t at = day * kHoursPerDay + hour;
      const bool modelled = at >= model_.first_hour() && at < model_.last_hour();
      const auto second = static_cast<double>(at * kSecondsPerHour);
      const double packets = modelled ? ready.population->packets_a_day.mean(second, second + kSecondsAnHour) / kHoursPerDay : 0;
      until[static_cast<std::size_t>(hour)] = sum += packets * rhythm.at(at) / (count * model_.scenario().reference_addresses * a_probe);
    }
    if (sum <= 0) continue;
    Random random({seed_, ready.name, i, static_cast<std::uint64_t>(day), 3});
    for (double place = random.exponential() / sum; place < places_.length(); place += random.exponential() / sum) {
      const auto hour = std::upper_bound(until.begin(), until.end(), (1 - random.unit()) * sum) - until.begin();
      add_probe(host, place, static_cast<double>(day * kHoursPerDay + hour) + (1 - random.unit()), random, events);
    }
  }
}

void Draw::add_probe(const Host& host, double place, double hour, Random& random, std::vector<Event>& events) const {
  const PortWeight& port = host.ready->population->ports[host.ready->ports.draw(random)];
  const std::uint64_t number = random.next();
  const auto move = std::upper_bound(host.moves.begin(), host.moves.end(), hour) - host.moves.begin();
  // Whole microseconds, as the captures have them.
  const std::int64_t time_ns = static_cast<std::int64_t>(hour * (kNanosAnHour / 1000)) * 1000;
  Event event{time_ns,
              Origins::address(*host.ready->pools[host.origin], mix64(host.seed + static_cast<std::uint64_t>(move))),
              places_.address(place),
              static_cast<std::uint32_t>(host.seed >> 32),
              static_cast<std::uint32_t>(number),
              host.population,
              port.port != 0 ? port.port : static_cast<std::uint16_t>(1 + (number >> 32) % 65535),
              port.protocol,
              host.origin,
              0,
              0};
  for (std::size_t attempt = 0; attempt < host.ready->tool->attempts.size(); ++attempt) {
    event.attempt = static_cast<std::uint8_t>(attempt);
    event.time_ns = time_ns + static_cast<std::int64_t>(host.ready->tool->attempts[attempt] * 1e6) * 1000;
    if (event.time_ns >= from_ns_ && event.time_ns < to_ns_) events.push_back(event);
  }
}

}  // namespace nightjar::simulate
