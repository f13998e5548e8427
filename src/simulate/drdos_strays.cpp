#include "simulate/drdos_strays.hpp"

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "net/packet.hpp"
#include "simulate/drdos_bytes.hpp"
#include "simulate/drdos_draw.hpp"
#include "simulate/drdos_exchange.hpp"
#include "simulate/payload_builder.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kDay = kSecondsPerDay * kNanosPerSecond;

/// How a system asks for the time. Forms are those of SNTP (RFC 4330) and ntpd's client mode (RFC 5905).
struct ClientForm {
  std::uint8_t first_byte;  ///< leap indicator, version, mode 3
  std::uint8_t poll, precision;
  std::uint32_t root_delay, root_dispersion;
  bool from_port_123;
  std::uint32_t percent;         ///< of the clients
  std::uint32_t active_percent;  ///< of the days
};
enum Form : std::uint8_t { kNtpd, kTimesyncd, kWindows, kAndroid, kNtpdate };
constexpr std::array<ClientForm, 5> kForms = {{{0x23, 6, 0xe9, 0x00000a3c, 0x00000d21, true, 12, 55},
                                               {0x23, 0, 0, 0, 0, false, 25, 60},
                                               {0xdb, 0x0a, 0xe9, 0, 0x00010311, true, 28, 16},
                                               {0x1b, 0, 0, 0, 0, false, 25, 80},
                                               {0xe3, 0x03, 0xfa, 0x00010000, 0x00010000, true, 10, 50}}};

std::uint8_t draw_form(Random& random) {
  std::uint32_t left = random.below(100);
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    if (left < kForms[i].percent) return static_cast<std::uint8_t>(i);
    left -= kForms[i].percent;
  }
  return kTimesyncd;
}

/// Seconds after the first request of a day, in a session of that length: at most 60.
std::vector<double> schedule(std::uint8_t form, double session) {
  std::vector<double> times = {0};
  switch (form) {
    case kNtpd: {  // a burst, then polls of 64 s that double after every four, up to 1024 s
      for (int i = 1; i < 8; ++i) times.push_back(2.0 * i);
      int polls = 0;
      for (double poll = 64, at = 14 + poll; at < session; at += poll) {
        times.push_back(at);
        if (++polls % 4 == 0) poll = std::min(1024.0, poll * 2);
      }
      break;
    }
    case kTimesyncd:  // polls that double from 64 s to 2048 s
      for (double poll = 64, at = poll; at < session; at += poll) {
        times.push_back(at);
        poll = std::min(2048.0, poll * 2);
      }
      break;
    case kNtpdate: times.insert(times.end(), {2, 4, 6}); break;
    default: break;
  }
  return times;
}

std::size_t write_client(const ClientForm& form, std::int64_t time_ns, DrdosPayload& payload) {
  PayloadBuilder out(payload);
  out.u8(form.first_byte);
  out.u8(0);
  out.u8(form.poll);
  out.u8(form.precision);
  out.be32(form.root_delay);
  out.be32(form.root_dispersion);
  out.zeros(28);
  out.be64(ntp_time(time_ns));
  return out.written().size();
}

}  // namespace

Result<Strays> Strays::make(const Reflectors& reflectors, const Origins& origins, Config config) {
  Strays strays(config);
  if (config.scanners_a_day == 0 && config.ntp_clients == 0) return strays;
  std::vector<double> weights;
  const auto add = [&](CountryCode country, std::uint32_t asn, double weight) -> Result<void> {
    auto pool = origins.pool(country, asn);
    if (!pool) return pool.error();
    strays.places_.push_back({*pool, Origins::utc_offset_hours(country)});
    weights.push_back(weight);
    return {};
  };
  double listed = 0, sum = 0;
  for (const VictimCountry& victim : reflectors.victims) {
    if (auto added = add(victim.country, 0, victim.attacks); !added) return added.error();
    listed += victim.attacks;
  }
  // With victims listed, the rest of the world is a tenth.
  for (const OriginWeight& other : reflectors.other_countries) sum += other.weight;
  for (const OriginWeight& other : reflectors.other_countries) {
    if (auto added = add(other.country, other.asn, other.weight / sum * (listed > 0 ? listed / 9 : 1)); !added) return added.error();
  }
  strays.choice_.emplace_back(weights);
  return strays;
}

std::uint32_t Strays::address(const Place& place, Random random, const Taken& taken) const {
  constexpr int kAttempts = 32;
  for (int i = 0; i < kAttempts; ++i) {
    const std::uint32_t address = Origins::address(*place.pool, random.next());
    if (!taken(address)) return address;
  }
  return 0;
}

void Strays::scanner(std::int64_t day, std::uint32_t index, const Taken& taken, const DrdosSink& sink) const {
  constexpr std::uint32_t kComeBack = 4;  // one of four is a survey that comes every day from the same address
  const auto stream = static_cast<std::uint64_t>(DrdosStream::scanners);
  const std::uint64_t visit = index % kComeBack == 0 ? 0 : static_cast<std::uint64_t>(day);
  Random random{config_.seed, stream, index, visit};
  const std::uint32_t source = address(places_[choice_.front().draw(random)], Random(random.next()), taken);
  const std::uint32_t first_service = random.below(kDrdosServices.size());
  const std::uint32_t services = random.below(3) ? 1 : 1 + random.below(kDrdosServices.size());
  const auto ttl = static_cast<std::uint8_t>((random.below(2) ? 255 : 64) - 5 - random.below(20));
  const auto port = static_cast<std::uint16_t>(32'768 + random.below(32'768));
  const std::uint64_t form = random.next();
  Random today{config_.seed, stream, index, static_cast<std::uint64_t>(day), 1};
  std::int64_t time = day * kDay + static_cast<std::int64_t>(today.unit() * kSecondsPerDay * 1e6) * 1000;
  if (source == 0) return;
  int answers = 0;
  DrdosPayload payload;
  for (std::uint32_t s = 0; s < services; ++s) {
    const DrdosService service = kDrdosServices[(first_service + s) % kDrdosServices.size()];
    for (std::uint32_t pot = 0; pot < config_.pots; ++pot) {
      time += 1000 * (1 + std::int64_t{today.below(20'000'000)});
      DrdosPacket packet = request_packet(time, source, static_cast<std::uint8_t>(pot), service, DrdosKind::scanner);
      packet.knock.src_port = port;
      packet.knock.ttl = ttl;
      packet.knock.ip_id = static_cast<std::uint16_t>(today.next());
      packet.knock.payload = {payload.data(), write_probe(service, form, payload)};
      sink(packet);
      if (answers < kAnswersAnHour) answers += give_answer(packet, today.next(), sink);
    }
  }
}

void Strays::client(std::int64_t day, std::uint32_t index, const Taken& taken, const DrdosSink& sink) const {
  const auto stream = static_cast<std::uint64_t>(DrdosStream::clients);
  Random random{config_.seed, stream, index};
  const Place& place = places_[choice_.front().draw(random)];
  const std::uint32_t source = address(place, Random(random.next()), taken);
  const std::uint8_t form_index = draw_form(random);
  const ClientForm& form = kForms[form_index];
  const auto pot = static_cast<std::uint8_t>(random.below(config_.pots));
  const auto ttl = static_cast<std::uint8_t>((form_index == kWindows ? 128 : 64) - 6 - random.below(18));
  const double rises = 6 + 4 * random.unit();  // local hour
  Random today{config_.seed, stream, index, static_cast<std::uint64_t>(day)};
  const bool active = today.below(100) < form.active_percent;
  if (!active || source == 0) return;
  // Switched on once a day at about the same hour, for at most 9 hours: so the nights' pauses are long.
  const double start = (rises - place.utc_offset_hours + today.unit()) * kSecondsPerHour;
  const double session = (2 + 7 * today.unit()) * kSecondsPerHour;
  std::array<std::int64_t, kAnswersAnHour> answered{};
  std::size_t answers = 0;
  DrdosPayload payload;
  for (const double after : schedule(form_index, session)) {
    const std::int64_t time = day * kDay + static_cast<std::int64_t>((start + after) * 1e6 + 8000 * today.unit()) * 1000;
    DrdosPacket packet = request_packet(time, source, pot, DrdosService::ntp, DrdosKind::ntp_client);
    packet.knock.src_port = form.from_port_123 ? std::uint16_t{123} : static_cast<std::uint16_t>(32'768 + today.below(28'232));
    packet.knock.ttl = ttl;
    packet.knock.ip_id = static_cast<std::uint16_t>(today.next());
    packet.knock.dont_fragment = form_index == kTimesyncd || form_index == kAndroid;
    packet.knock.payload = {payload.data(), write_client(form, time, payload)};
    sink(packet);
    const std::uint64_t number = today.next();
    std::int64_t& oldest = answered[answers % answered.size()];
    if (time - oldest > kAttackGapSeconds * kNanosPerSecond && give_answer(packet, number, sink)) {
      oldest = time;
      ++answers;
    }
  }
}

void Strays::each(std::int64_t from_ns, std::int64_t to_ns, const Taken& taken, const DrdosSink& sink) const {
  if (choice_.empty()) return;
  const std::int64_t from = std::max(from_ns, config_.from_ns), to = std::min(to_ns, config_.to_ns);
  if (from >= to) return;
  const DrdosSink inside = [&](const DrdosPacket& packet) {
    if (packet.knock.time_ns >= from && packet.knock.time_ns < to) sink(packet);
  };
  // Local days and visits reach into the days beside.
  for (std::int64_t day = day_of(from) - 1; day <= day_of(to - 1) + 1; ++day) {
    for (std::uint32_t i = 0; i < config_.scanners_a_day; ++i) scanner(day, i, taken, inside);
    for (std::uint32_t i = 0; i < config_.ntp_clients; ++i) client(day, i, taken, inside);
  }
}

}  // namespace nightjar::simulate
