#include "simulate/honeypot_traffic.hpp"

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "net/packet.hpp"
#include "simulate/conversation.hpp"
#include "simulate/random.hpp"
#include "simulate/tool.hpp"

namespace nightjar::simulate {
namespace {

/// Search engines and the like: a few hosts that come again and again.
constexpr std::uint64_t kCrawlers = 24;
constexpr std::uint64_t kCrawlerStream = 0x637261776cULL;
constexpr std::array kCrawlerCountries = {country_code('U', 'S'), country_code('U', 'S'), country_code('D', 'E'), country_code('J', 'P')};

/// Whether a host goes on to talk; the same answer for all its visits.
bool talks(const Population& population, std::uint32_t host_seed) {
  Random random({host_seed, 4});
  return !population.conversation.empty() && random.unit() <= population.conversation_share;
}

}  // namespace

bool HoneypotTraffic::is_on(std::int64_t time_ns) const {
  const Honeypot& honeypot = model_.scenario().honeypot;
  return time_ns >= honeypot.from * kNanosPerSecond && time_ns < honeypot.to * kNanosPerSecond;
}

void HoneypotTraffic::add(const Event& event, const Knock& knock, Truth& truth) {
  if (!is_on(event.time_ns)) return;
  truth.add_at_honeypot(knock);
  if (knock.traffic_class != TrafficClass::scan || !knock.decodable) {
    sheet_.add(knock);  // nobody answers what is no SYN
    return;
  }
  if (event.attempt > 0) return;  // the first one was answered: nobody tries again
  const Population& population = *model_.populations()[event.population].population;
  const Conversation* conversation = talks(population, event.host_seed) ? find_conversation(population.conversation) : nullptr;
  VisitTold told;
  add_visit(knock, conversation, static_cast<std::uint64_t>(event.host_seed) << 32 | event.probe_seed, sheet_, &told);
  truth.add_visit(conversation, event.src, told);
}

void HoneypotTraffic::add_crawlers(std::int64_t day, std::int64_t from_ns, std::int64_t to_ns,
                                   const std::function<bool(std::int64_t)>& lost, Truth& truth) {
  const Honeypot& honeypot = model_.scenario().honeypot;
  if (honeypot.addresses == 0) return;
  const Conversation* conversation = find_conversation("crawler");
  const Tool* tool = find_tool("linux");
  Random random({seed_, kCrawlerStream, static_cast<std::uint64_t>(day)});
  for (std::uint64_t visits = random.poisson(honeypot.crawlers_a_day); visits > 0; --visits) {
    const std::uint64_t crawler = mix64(seed_ ^ mix64(kCrawlerStream + random.next() % kCrawlers));
    const auto pool = origins_.pool(kCrawlerCountries[crawler % kCrawlerCountries.size()], 0);
    const std::int64_t second = day * kSecondsPerDay + random.below(kSecondsPerDay);
    Event event{};
    event.time_ns = second * kNanosPerSecond + static_cast<std::int64_t>(random.below(1'000'000)) * 1000;
    event.host_seed = static_cast<std::uint32_t>(crawler);
    event.probe_seed = static_cast<std::uint32_t>(random.next());
    event.dst = kHoneypotFirst + random.below(honeypot.addresses);
    event.protocol = protocol::kTcp;
    event.port = 80;
    const bool inside = event.time_ns >= from_ns && event.time_ns < to_ns && !lost(event.time_ns);
    if (!pool || !inside || !is_on(event.time_ns)) continue;  // data without the country: one crawler less
    event.src = Origins::address(**pool, crawler);
    Knock knock;
    knock.time_ns = event.time_ns;
    knock.from = {4, event.src, 0};
    knock.to = {4, event.dst, 0};
    Scratch scratch;
    tool->make(event, knock, scratch);
    VisitTold told;
    add_visit(knock, conversation, mix64(crawler ^ event.probe_seed), sheet_, &told);
    truth.add_visit(conversation, event.src, told);
  }
}

}  // namespace nightjar::simulate
