// bench_requests [MILLIONS]: reads and counts requests to reflectors, a mix at a time, and prints requests a second of CPU time; the best
// of three passes. What reading alone takes stands beside it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "aggregate/request_table.hpp"
#include "payload/udp_request.hpp"
#include "simulate/drdos_bytes.hpp"

namespace {

using namespace nightjar;
using simulate::DrdosService;

struct Sent {
  Packet packet;
  std::vector<std::uint8_t> payload;
};

/// Requests of the model: attack `i` of `attacks` has its own victim and habit; packets of all attacks take turns.
std::vector<Sent> attacks_on(const std::vector<DrdosService>& services, unsigned attacks, std::size_t packets) {
  simulate::Random random(11);
  std::vector<simulate::RequestHabit> habits;
  for (unsigned i = 0; i < attacks; ++i) habits.push_back(simulate::draw_habit(services[i % services.size()], random));
  std::vector<Sent> all(packets);
  simulate::DrdosPayload payload;
  for (std::size_t i = 0; i < packets; ++i) {
    const simulate::RequestHabit& habit = habits[i % attacks];
    Sent& sent = all[i];
    const std::size_t size = simulate::write_request(habit, random.next(), payload);
    sent.payload.assign(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
    sent.packet.time_ns = 1'500'000'000'000'000'000 + static_cast<std::int64_t>(i) * 10'000;
    sent.packet.src = 0x68101000 + i % attacks;
    sent.packet.dst = 0xc6120001;
    sent.packet.src_port = 80;
    sent.packet.dst_port = simulate::port_of(habit.service);
    sent.packet.protocol = protocol::kUdp;
    sent.packet.ip_version = 4;
    sent.packet.has_transport = true;
    sent.packet.ip_length = static_cast<std::uint32_t>(28 + size);
  }
  return all;
}

/// The same with another source for each packet: nobody's attack, as many rows as packets.
std::vector<Sent> flood(std::size_t packets) {
  auto all = attacks_on({DrdosService::dns, DrdosService::ntp}, 4, packets);
  simulate::Random random(12);
  for (Sent& sent : all) sent.packet.src = static_cast<std::uint32_t>(random.next());
  return all;
}

/// Bytes that mean nothing, at a port that is nobody's own: every look is taken.
std::vector<Sent> noise(std::size_t packets) {
  auto all = attacks_on({DrdosService::dns}, 4, packets);
  simulate::Random random(13);
  for (Sent& sent : all) {
    sent.packet.dst_port = 40'000;
    for (std::uint8_t& byte : sent.payload) byte = static_cast<std::uint8_t>(random.next());
  }
  return all;
}

/// Of this thread, so that what else the machine does counts less.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Millions a second of `work` over all packets `rounds` times; the best of three.
double rate(const std::vector<Sent>& all, std::size_t rounds, const std::function<void(const Sent&)>& work,
            const std::function<void()>& end) {
  double best = 0;
  for (int pass = 0; pass < 3; ++pass) {
    const double begin = cpu_seconds();
    for (std::size_t round = 0; round < rounds; ++round) {
      for (const Sent& sent : all) work(sent);
    }
    const double seconds = cpu_seconds() - begin;
    best = std::max(best, static_cast<double>(all.size() * rounds) / 1e6 / seconds);
    end();
  }
  return best;
}

void measure(const char* name, const std::vector<Sent>& all, std::size_t rounds) {
  std::uint64_t sum = 0;
  const double reading = rate(
      all, rounds,
      [&](const Sent& sent) {
        const UdpRequest request = read_request(sent.payload, sent.packet.dst_port);
        sum += request.kinds + request.reply_bytes + request.query.view().size();
      },
      [] {});
  RequestTable table;
  std::uint64_t rows = 0, memory = 0;
  const double counting = rate(
      all, rounds, [&](const Sent& sent) { table.add(sent.packet, sent.payload, 0); },
      [&] {
        memory = table.memory_bytes();
        rows = table.take().requests.size();
      });
  std::printf("%-28s %10.1f %10.1f %10llu %10.1f  %llx\n", name, reading, counting, static_cast<unsigned long long>(rows),
              static_cast<double>(memory) / 1e6, static_cast<unsigned long long>(sum & 0xfff));
}

}  // namespace

int main(int argc, char** argv) {
  using enum DrdosService;
  const std::size_t millions = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10;
  constexpr std::size_t kPackets = 50'000;
  const std::size_t rounds = std::max<std::size_t>(1, millions * 1'000'000 / kPackets);
  std::printf("%zu million requests a mix, millions a second of CPU time\n\n", millions);
  std::printf("%-28s %10s %10s %10s %10s  %s\n", "mix", "read", "counted", "rows", "MB", "check");
  measure("NTP, 4 victims", attacks_on({ntp}, 4, kPackets), rounds);
  measure("DNS, 4 victims", attacks_on({dns}, 4, kPackets), rounds);
  measure("SSDP, 4 victims", attacks_on({ssdp}, 4, kPackets), rounds);
  measure("CharGen, 4 victims", attacks_on({chargen}, 4, kPackets), rounds);
  measure("all in turn, 12 victims", attacks_on({dns, ntp, dns, ssdp}, 12, kPackets), rounds);
  measure("noise at no service's port", noise(kPackets), rounds);
  measure("one request a source", flood(1'000'000), 1);
  return 0;
}
