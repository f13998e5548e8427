#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "relay/inbox_client.hpp"
#include "relay/segment_outbox.hpp"

namespace nightjar {

struct SenderRules {
  std::uint32_t every_seconds = 10;        ///< between two looks for closed segments
  std::uint32_t most_pause_seconds = 300;  ///< after failures: 1, 2, 4 ... up to so many seconds
  std::int64_t keep_days = -1;             ///< acknowledged segments are deleted when older; 0: at once; below 0: never
  bool once = false;                       ///< ends when nothing waits
};

/// Brings closed segments to the central node, oldest first, until told to stop. A segment that the central node will never take (too
/// large, no capture) is passed over until the program is started again; nothing that was not acknowledged is deleted.
class SegmentSender {
 public:
  using Say = std::function<void(const std::string&)>;
  struct Counts {
    std::uint64_t segments = 0, bytes = 0;  ///< acknowledged; sent in pieces
    std::uint64_t failures = 0;             ///< of connections and refusals
  };

  /// All must outlive it.
  SegmentSender(SegmentOutbox& outbox, InboxClient& client, const SenderRules& rules, Say say)
      : outbox_(outbox), client_(client), rules_(rules), say_(std::move(say)) {}

  /// Fails for what waiting does not mend: a token that is not known, a folder that cannot be read or written. With `once` also for
  /// connections that fail, and segments that are refused.
  Result<void> run(const std::atomic<bool>& stop);
  const Counts& counts() const { return counts_; }

 private:
  enum class Outcome { sent, refused, later };
  Result<Outcome> send(const Segment& segment, const std::atomic<bool>& stop);
  Result<Outcome> later(const std::string& reason);
  Result<void> send_waiting(const std::atomic<bool>& stop);

  SegmentOutbox& outbox_;
  InboxClient& client_;
  SenderRules rules_;
  Say say_;
  Counts counts_;
  std::set<std::string> passed_over_;
  std::string said_;
  std::uint32_t pause_seconds_ = 0;  ///< 0: the last try went well
};

}  // namespace nightjar
