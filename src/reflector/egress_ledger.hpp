#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "schema/services.hpp"

namespace nightjar::reflector {

/// What was sent, in numbers that a network interface counts too.
struct EgressTotals {
  std::uint64_t packets = 0;
  std::uint64_t ip_bytes = 0;  ///< IP packets, without what the link adds
};

/// All that went to one victim from one service in one stream of requests: "we sent you N packets, M bytes".
struct EgressEntry {
  Address victim;
  Service service = Service::unknown;
  std::uint64_t attack = 0;   ///< ReplyBudget::streak(): also of replies before the stream was taken for an attack
  std::int64_t first_ns = 0;  ///< UTC
  std::int64_t last_ns = 0;   ///< UTC
  std::uint64_t packets = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t ip_bytes = 0;
};

/// Every datagram that leaves is written down before it leaves (safety rule 10). Of fixed size: where it is full nothing more may be sent
/// until take() empties it. One thread.
class EgressLedger {
 public:
  /// As many lines as three replies a second make in an hour; about 1 MB.
  static constexpr std::size_t kMostEntries = 10'800;
  explicit EgressLedger(std::size_t most_entries = kMostEntries);

  struct Sent {
    Address victim;
    Service service = Service::unknown;
    std::uint64_t attack = 0;
    std::int64_t utc_ns = 0;
    std::uint32_t payload_bytes = 0;
  };
  /// False where there is no line left for it: then it must not be sent.
  bool record(const Sent& sent);
  bool is_full() const { return entries_.size() >= most_entries_; }

  /// The lines since the last call, in the order in which they began; the totals stay.
  std::vector<EgressEntry> take();
  /// Of all that was ever recorded by this object.
  const EgressTotals& totals() const { return totals_; }

 private:
  std::size_t place_of(const Sent& sent) const;

  std::size_t most_entries_;
  std::vector<EgressEntry> entries_;
  std::vector<std::uint32_t> places_;  ///< open addressing: index into entries_ + 1; 0 is empty
  EgressTotals totals_;
};

/// "2017-11-23T05:00:00Z chargen 198.41.0.4 attack 7: 2 packets, 1024 bytes, until 2017-11-23T05:00:03Z": a line of a log.
std::string format(const EgressEntry& entry);

/// Whether an interface, or a firewall's counter of what the reflector's ports send, tells the same as the ledger since both began (safety
/// rule 9). It may not have sent a packet or a byte more than is written down: the ledger is written first. It may lack `in_flight`
/// packets. What is wrong, as a sentence; then nothing may be sent until an operator looked.
Result<void> agrees(const EgressTotals& ledger, const EgressTotals& interface, std::uint64_t in_flight = 64);

}  // namespace nightjar::reflector
