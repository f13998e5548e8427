#include "simulate/drdos.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <tuple>

#include "base/time.hpp"
#include "simulate/drdos_bytes.hpp"
#include "simulate/drdos_draw.hpp"
#include "simulate/drdos_exchange.hpp"
#include "simulate/drdos_strays.hpp"
#include "simulate/drdos_victims.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kMicrosecond = 1000;
constexpr std::int64_t kDay = kSecondsPerDay * kNanosPerSecond;
constexpr std::int64_t kAnswerWithin = kNanosPerSecond;

/// The requests of a sighting: the i-th is a step behind the one before, give or take nearly half a step, the first and the last
/// exactly at the ends. So their times ascend, and any slice is found without those before it.
class Arrivals {
 public:
  Arrivals(const DrdosSighting& sighting, std::uint64_t stream)
      : sighting_(sighting),
        stream_(stream),
        step_(static_cast<double>(sighting.last_ns - sighting.first_ns) / static_cast<double>(sighting.requests - 1)) {}

  std::uint64_t number(std::uint32_t i) const { return mix64(stream_ + (i + 1) * 0x9e3779b97f4a7c15ULL); }

  std::int64_t time(std::uint32_t i, std::uint64_t number) const {
    if (i == 0) return sighting_.first_ns;
    if (i + 1 == sighting_.requests) return sighting_.last_ns;
    const double jitter = (static_cast<double>(number >> 11) * 0x1p-53 - 0.5) * 0.96;
    return sighting_.first_ns + static_cast<std::int64_t>((i + jitter) * step_) / kMicrosecond * kMicrosecond;
  }

  /// The first one that is not before `time_ns`; `requests` if all are.
  std::uint32_t first_not_before(std::int64_t time_ns) const {
    if (time_ns <= sighting_.first_ns) return 0;
    if (time_ns > sighting_.last_ns) return sighting_.requests;
    const double place = static_cast<double>(time_ns - sighting_.first_ns) / step_;
    auto i = static_cast<std::uint32_t>(std::max(0.0, place - 2));
    while (i < sighting_.requests && time(i, number(i)) < time_ns) ++i;
    return i;
  }

 private:
  const DrdosSighting& sighting_;
  std::uint64_t stream_;
  double step_;
};

}  // namespace

std::string_view name_of(DrdosService service) {
  constexpr std::array<std::string_view, 4> kNames = {"chargen", "dns", "ntp", "ssdp"};
  return kNames[static_cast<std::size_t>(service)];
}

std::uint16_t port_of(DrdosService service) {
  constexpr std::array<std::uint16_t, 4> kPorts = {19, 53, 123, 1900};
  return kPorts[static_cast<std::size_t>(service)];
}

struct DrdosTraffic::State {
  std::uint64_t seed;
  std::int64_t from_ns, to_ns;
  DrdosDraft draft;
  Strays strays;
  std::vector<std::uint32_t> taken;                  ///< victims, of carpets all addresses, ascending
  std::int64_t first_day = 0;                        ///< UTC
  std::vector<std::vector<std::uint32_t>> of_day{};  ///< sightings with packets on a day

  Arrivals arrivals(std::uint32_t sighting) const {
    return {draft.sightings[sighting], Random{seed, static_cast<std::uint64_t>(DrdosStream::requests), sighting}.next()};
  }

  void index() {
    for (const DrdosAttack& attack : draft.attacks) {
      const std::uint32_t count = attack.prefix_length < 32 ? kCarpetAddresses : 1;
      for (std::uint32_t i = 0; i < count; ++i) taken.push_back(attack.victim + i);
    }
    std::sort(taken.begin(), taken.end());
    first_day = day_of(from_ns);
    of_day.resize(static_cast<std::size_t>(day_of(to_ns) - first_day + 1));
    for (std::uint32_t i = 0; i < draft.sightings.size(); ++i) {
      const DrdosSighting& sighting = draft.sightings[i];
      for (std::int64_t day = day_of(sighting.first_ns); day <= day_of(sighting.last_ns + kAnswerWithin); ++day) {
        of_day[static_cast<std::size_t>(day - first_day)].push_back(i);
      }
    }
  }

  /// Packets of one sighting in [from, to).
  void each(std::uint32_t index, std::int64_t from, std::int64_t to, bool requests, const DrdosSink& sink) const {
    const DrdosSighting& sighting = draft.sightings[index];
    const DrdosAttack& attack = draft.attacks[sighting.attack];
    Random habits{seed, static_cast<std::uint64_t>(DrdosStream::habits), sighting.attack};
    // The attacker's: the same for all services.
    constexpr std::array<std::uint8_t, 3> kInitialTtls = {255, 128, 64};
    const auto ttl = static_cast<std::uint8_t>(kInitialTtls[habits.below(3)] - 6 - habits.below(20));
    const bool fixed_ip_id = habits.below(4) == 0;
    const auto ip_id = static_cast<std::uint16_t>(habits.next());
    Random of_service{seed, static_cast<std::uint64_t>(DrdosStream::habits), sighting.attack, static_cast<std::uint64_t>(sighting.service)};
    const RequestHabit habit = draw_habit(sighting.service, of_service);

    const Arrivals arrivals = this->arrivals(index);
    const bool carpet = attack.prefix_length < 32;
    DrdosPayload payload;
    DrdosPacket packet = request_packet(0, attack.victim, sighting.pot, sighting.service, DrdosKind::attack);
    packet.attack = sighting.attack;
    packet.knock.ttl = ttl;
    packet.knock.payload = {payload.data(), write_request(habit, 0, payload)};
    const bool constant = always_the_same(habit);
    const auto make = [&](std::uint32_t i, std::uint64_t number, std::int64_t time) {
      packet.knock.time_ns = time;
      const std::uint64_t fields = mix64(number + 1);
      // Round after round over the /24, every address once in a round.
      if (carpet) packet.knock.from.high = attack.victim + (i * 37 + 11) % kCarpetAddresses;
      packet.knock.src_port = habit.random_port ? static_cast<std::uint16_t>(32'768 + (fields >> 48) % 32'768) : habit.port;
      packet.knock.ip_id = fixed_ip_id ? ip_id : static_cast<std::uint16_t>(fields >> 32);
      if (!constant) packet.knock.payload = {payload.data(), write_request(habit, mix64(fields), payload)};
    };
    if (requests) {
      std::uint32_t i = arrivals.first_not_before(from);
      for (; i < sighting.requests; ++i) {
        const std::uint64_t number = arrivals.number(i);
        const std::int64_t time = arrivals.time(i, number);
        if (time >= to) break;
        make(i, number, time);
        sink(packet);
      }
    }
    if (index != attack.first_sighting) return;
    // The pot that is asked first spends the budget of all; an attack gets nothing further.
    const auto answers = std::min<std::uint32_t>(sighting.requests, carpet ? kAnswersAnHourToNetwork : kAnswersAnHour);
    for (std::uint32_t i = 0; i < answers; ++i) {
      const std::uint64_t number = arrivals.number(i);
      const std::int64_t time = arrivals.time(i, number);
      if (time >= to || time + kAnswerWithin <= from) continue;
      make(i, number, time);
      give_answer(packet, mix64(number + 2), [&](const DrdosPacket& answer) {
        if (answer.knock.time_ns >= from && answer.knock.time_ns < to) sink(answer);
      });
    }
  }

  void each(std::int64_t from, std::int64_t to, bool requests, const DrdosSink& sink) const {
    from = std::max(from, from_ns);
    to = std::min(to, to_ns);
    for (std::int64_t day = day_of(from); from < to && day <= day_of(to - 1); ++day) {
      const std::int64_t begin = std::max(from, day * kDay), end = std::min(to, (day + 1) * kDay);
      for (const std::uint32_t sighting : of_day[static_cast<std::size_t>(day - first_day)]) each(sighting, begin, end, requests, sink);
      strays.each(
          begin, end, [this](std::uint32_t address) { return std::binary_search(taken.begin(), taken.end(), address); }, sink);
    }
  }
};

DrdosTraffic::DrdosTraffic(std::unique_ptr<const State> state) : state_(std::move(state)) {}
DrdosTraffic::DrdosTraffic(DrdosTraffic&&) noexcept = default;
DrdosTraffic& DrdosTraffic::operator=(DrdosTraffic&&) noexcept = default;
DrdosTraffic::~DrdosTraffic() = default;

Result<DrdosTraffic> DrdosTraffic::draw(const Reflectors& reflectors, const Origins& origins, Config config) {
  if (reflectors.pots == 0) return DrdosTraffic(std::make_unique<State>(State{config.seed, 0, 0, {}, Strays({}), {}}));
  if (auto checked = check_reflectors(reflectors); !checked) return checked.error();
  const std::int64_t from_ns = reflectors.from * kNanosPerSecond, to_ns = reflectors.to * kNanosPerSecond;
  auto strays =
      Strays::make(reflectors, origins, {config.seed, reflectors.pots, reflectors.scanners_a_day, reflectors.ntp_clients, from_ns, to_ns});
  if (!strays) return strays.error();
  std::uint64_t stray_requests = 0;
  strays->each(
      from_ns, to_ns, [](std::uint32_t) { return false; },
      [&](const DrdosPacket& packet) { stray_requests += packet.kind != DrdosKind::answer; });
  auto draft = draw_attacks(reflectors, origins, config, stray_requests);
  if (!draft) return draft.error();
  auto state = std::make_unique<State>(State{config.seed, from_ns, to_ns, std::move(*draft), std::move(*strays), {}});
  state->index();
  return DrdosTraffic(std::move(state));
}

const std::vector<DrdosAttack>& DrdosTraffic::attacks() const { return state_->draft.attacks; }

std::span<const DrdosSighting> DrdosTraffic::sightings() const { return state_->draft.sightings; }

std::span<const DrdosSighting> DrdosTraffic::sightings(const DrdosAttack& attack) const {
  return sightings().subspan(attack.first_sighting, attack.sighting_count);
}

bool DrdosTraffic::counts(const DrdosSighting& sighting) const {
  return sighting.requests >= kAttackRequests && attacks()[sighting.attack].prefix_length == 32;
}

void DrdosTraffic::each(std::int64_t from_ns, std::int64_t to_ns, const DrdosSink& sink) const { state_->each(from_ns, to_ns, true, sink); }

void DrdosTraffic::add(std::int64_t from_ns, std::int64_t to_ns, std::span<FrameSheet> sheets) const {
  each(from_ns, to_ns, [&](const DrdosPacket& packet) {
    assert(packet.pot < sheets.size());
    sheets[packet.pot].add(packet.knock);
  });
}

void DrdosTraffic::add_day(std::int64_t day, std::span<FrameSheet> sheets) const { add(day * kDay, (day + 1) * kDay, sheets); }

std::vector<DrdosDay> DrdosTraffic::days(std::int64_t from_ns, std::int64_t to_ns, std::int64_t utc_offset) const {
  std::map<std::tuple<std::int64_t, std::uint8_t, DrdosService>, DrdosDay> days;
  const std::int64_t ahead = utc_offset * kNanosPerSecond;
  const auto row = [&](std::int64_t day, std::uint8_t pot, DrdosService service) -> DrdosDay& {
    DrdosDay& found = days[{day, pot, service}];
    found.day = day;
    found.pot = pot;
    found.service = service;
    return found;
  };
  for (std::uint32_t i = 0; i < sightings().size(); ++i) {
    const DrdosSighting& sighting = sightings()[i];
    if (sighting.last_ns < from_ns || sighting.first_ns >= to_ns) continue;
    const Arrivals arrivals = state_->arrivals(i);
    std::uint32_t done = arrivals.first_not_before(from_ns);
    const std::uint32_t end = arrivals.first_not_before(to_ns);
    for (std::int64_t day = day_of(std::max(sighting.first_ns, from_ns) + ahead); done < end; ++day) {
      const std::uint32_t next = std::min(end, arrivals.first_not_before((day + 1) * kDay - ahead));
      if (next > done) row(day, sighting.pot, sighting.service).attack_requests += next - done;
      done = next;
    }
    if (counts(sighting) && sighting.first_ns >= from_ns) ++row(day_of(sighting.first_ns + ahead), sighting.pot, sighting.service).attacks;
  }
  state_->each(from_ns, to_ns, false, [&](const DrdosPacket& packet) {
    DrdosDay& day = row(day_of(packet.knock.time_ns + ahead), packet.pot, packet.service);
    day.probes += packet.kind == DrdosKind::scanner;
    day.client_requests += packet.kind == DrdosKind::ntp_client;
    day.answers += packet.kind == DrdosKind::answer;
  });
  std::vector<DrdosDay> list;
  for (const auto& [key, day] : days) list.push_back(day);
  return list;
}

}  // namespace nightjar::simulate
