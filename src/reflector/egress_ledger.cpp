#include "reflector/egress_ledger.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::uint32_t kIpv4Headers = 28, kIpv6Headers = 48;

}  // namespace

EgressLedger::EgressLedger(std::size_t most_entries)
    : most_entries_(most_entries), places_(std::bit_ceil(std::max<std::size_t>(most_entries, 8) * 2), 0) {
  entries_.reserve(most_entries);
}

std::size_t EgressLedger::place_of(const Sent& sent) const {
  // Only who was answered comes here, at the budget's rate: whoever makes places collide gains a few steps.
  std::size_t place = mix64(mix64(mix64(sent.victim.high + sent.victim.version) + sent.victim.low) + sent.attack +
                            (static_cast<std::uint64_t>(sent.service) << 56)) &
                      (places_.size() - 1);
  while (places_[place] != 0) {
    const EgressEntry& entry = entries_[places_[place] - 1];
    if (entry.victim == sent.victim && entry.service == sent.service && entry.attack == sent.attack) break;
    place = (place + 1) & (places_.size() - 1);
  }
  return place;
}

bool EgressLedger::record(const Sent& sent) {
  const std::size_t place = place_of(sent);
  if (places_[place] == 0) {
    if (is_full()) return false;
    EgressEntry entry;
    entry.victim = sent.victim;
    entry.service = sent.service;
    entry.attack = sent.attack;
    entry.first_ns = entry.last_ns = sent.utc_ns;
    entries_.push_back(entry);
    places_[place] = static_cast<std::uint32_t>(entries_.size());
  }
  EgressEntry& entry = entries_[places_[place] - 1];
  const std::uint32_t ip_bytes = sent.payload_bytes + (sent.victim.version == 4 ? kIpv4Headers : kIpv6Headers);
  // UTC may step backwards; the line spans all times that it was told.
  entry.first_ns = std::min(entry.first_ns, sent.utc_ns);
  entry.last_ns = std::max(entry.last_ns, sent.utc_ns);
  ++entry.packets;
  entry.payload_bytes += sent.payload_bytes;
  entry.ip_bytes += ip_bytes;
  ++totals_.packets;
  totals_.ip_bytes += ip_bytes;
  return true;
}

std::vector<EgressEntry> EgressLedger::take() {
  std::vector<EgressEntry> taken(entries_);
  entries_.clear();
  std::fill(places_.begin(), places_.end(), 0);
  return taken;
}

std::string format(const EgressEntry& entry) {
  return format_second(second_of(entry.first_ns)) + " " + std::string(name_of(entry.service)) + " " + format(entry.victim) + " attack " +
         std::to_string(entry.attack) + ": " + std::to_string(entry.packets) + (entry.packets == 1 ? " packet, " : " packets, ") +
         std::to_string(entry.payload_bytes) + " bytes, until " + format_second(second_of(entry.last_ns));
}

Result<void> agrees(const EgressTotals& ledger, const EgressTotals& interface, std::uint64_t in_flight) {
  const std::string told = "the interface counts " + with_thousands(interface.packets) + " packets of " +
                           with_thousands(interface.ip_bytes) + " bytes, the ledger " + with_thousands(ledger.packets) + " of " +
                           with_thousands(ledger.ip_bytes);
  if (interface.packets > ledger.packets || interface.ip_bytes > ledger.ip_bytes)
    return Error{"more was sent than is written down: " + told};
  if (ledger.packets - interface.packets > in_flight) return Error{"less was sent than is written down: " + told};
  return {};
}

}  // namespace nightjar::reflector
