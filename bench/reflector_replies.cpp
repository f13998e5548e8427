// bench_reflector_replies [MILLIONS]: datagrams that one Reflector decides over in a second of one core, all of it: reading, budgets,
// replies, ledger. By mix, and the worst of them at the end. CPU time of this thread, so that what else the machine does counts less.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "reflector/reflector.hpp"
#include "simulate/drdos_bytes.hpp"

namespace {

using namespace nightjar;
using namespace nightjar::reflector;
using simulate::DrdosService;

struct Sent {
  Address source;
  std::uint16_t port;
  std::vector<std::uint8_t> payload;
};

/// Requests of the model, 50,000 of them; `victims` of 0: each from another source.
std::vector<Sent> requests(const std::vector<DrdosService>& services, unsigned victims, std::size_t count) {
  simulate::Random random(11);
  std::vector<simulate::RequestHabit> habits;
  for (unsigned i = 0; i < 12; ++i) habits.push_back(simulate::draw_habit(services[i % services.size()], random));
  std::vector<Sent> all(count);
  simulate::DrdosPayload payload;
  for (std::size_t i = 0; i < count; ++i) {
    const simulate::RequestHabit& habit = habits[i % habits.size()];
    const std::size_t size = simulate::write_request(habit, random.next(), payload);
    all[i].payload.assign(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
    all[i].port = simulate::port_of(habit.service);
    all[i].source = {4, victims == 0 ? 0x10000000 + (random.next() & 0x2fffffff) : 0x68101000 + i % victims * 256, 0};
  }
  return all;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::unique_ptr<Reflector> emulating() {
  ReflectorConfig config;
  config.contact = "noc@example.net";
  for (const OfferedService& service : offered_services()) config.modes[static_cast<std::size_t>(service.service)] = Mode::emulated;
  return std::make_unique<Reflector>(std::move(config), 0);
}

/// Datagrams a second, the best of three; `per_second` is how fast time passes for the budgets.
double measure(const char* name, const std::vector<Sent>& all, std::size_t rounds, double per_second) {
  double best = 0;
  ReflectorCounters counters;
  std::size_t memory = 0;
  for (int pass = 0; pass < 3; ++pass) {
    const auto reflector = emulating();
    const auto replies = std::make_unique<ReplyPackets>();
    std::int64_t now = 0;
    const auto step = static_cast<std::int64_t>(1e9 / per_second);
    const double begin = cpu_seconds();
    for (std::size_t round = 0; round < rounds; ++round) {
      for (const Sent& sent : all) {
        reflector->handle({sent.source, {4, 0xc6290004, 0}, 40'000, sent.port, sent.payload, false, now, now}, *replies);
        now += step;
      }
    }
    best = std::max(best, static_cast<double>(all.size() * rounds) / (cpu_seconds() - begin));
    counters = reflector->counters();
    memory = reflector->budget().memory_bytes();
  }
  std::printf("%-34s %12.0f %10llu %8.1f\n", name, best, static_cast<unsigned long long>(counters.replies),
              static_cast<double>(memory) / 1e6);
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  using enum DrdosService;
  const std::size_t millions = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2;
  constexpr std::size_t kCount = 50'000;
  const std::size_t rounds = std::max<std::size_t>(1, millions * 1'000'000 / kCount);
  std::printf("%-34s %12s %10s %8s\n", "mix, at 200,000 a second", "datagrams/s", "replies", "MB");
  double worst = 1e12;
  const auto take = [&](double rate) { worst = std::min(worst, rate); };
  take(measure("NTP, 4 victims", requests({ntp}, 4, kCount), rounds, 200'000));
  take(measure("DNS, 4 victims", requests({dns}, 4, kCount), rounds, 200'000));
  take(measure("all in turn, 12 victims", requests({dns, ntp, dns, ssdp}, 12, kCount), rounds, 200'000));
  take(measure("one request a source", requests({dns, ntp}, 0, 1'000'000), 1, 200'000));
  take(measure("a reply for each (100 a second)", requests({dns, ntp, ssdp, chargen}, 0, kCount), 1, 100));
  std::printf("worst %.0f\n", worst);
  return 0;
}
