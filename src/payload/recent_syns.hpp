#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "payload/open_conversation.hpp"

namespace nightjar {

/// The last SYNs of each client to each address and port, to find those of other connections than the one that begins. Mirai's scanner
/// sends a SYN from a raw socket and then opens an ordinary connection from another port (mirai/bot/scanner.c): only the first bears
/// the fingerprint. Bounded: of a flood, those of whoever was silent longest are forgotten.
class RecentSyns {
 public:
  struct Syn {
    std::int64_t time_ns = 0;
    std::uint32_t sequence = 0;
    std::uint32_t facts = 0;
    std::uint16_t src_port = 0;
    std::uint16_t window = 0;
  };
  /// How long before a conversation a SYN may have come: Mirai's bot connects within seconds and gives up after 30 s (scanner.c).
  static constexpr std::int64_t kLongestSeconds = 30;

  /// Remembers clients' SYNs to `most` addresses and ports at least, and two times `most` at most.
  explicit RecentSyns(std::size_t most);
  ~RecentSyns();

  /// SYNs without facts tell nothing and are not remembered.
  void add(const ConversationKey& key, const Syn& syn);
  /// A SYN of the same client to the same address and port that is not `own`, at most kLongestSeconds before `own` and not after it;
  /// rather one that bears marks of a tool, else the last.
  std::optional<Syn> before(const ConversationKey& key, const Syn& own) const;

  std::uint64_t memory_bytes() const;

 private:
  struct Maps;
  std::size_t most_;
  std::unique_ptr<Maps> maps_;
};

}  // namespace nightjar
