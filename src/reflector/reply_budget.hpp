#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "budget/count_sketch.hpp"
#include "budget/keyed_table.hpp"
#include "budget/rolling_limit.hpp"
#include "net/address.hpp"
#include "reflector/budget_settings.hpp"
#include "reflector/key_history.hpp"
#include "reflector/silence.hpp"

namespace nightjar::reflector {

/// What the hub wants to know of a sensor.
struct BudgetNews {
  enum class What : std::uint8_t { attack, replies };
  What what = What::attack;
  Prefix key;                 ///< /32 or /64 of an address, /24 or /48 of a network
  std::uint32_t packets = 0;  ///< of replies: one
};

/// Whether a request may be answered (safety rules 1 to 5, 12, 15, 17). Four levels that must all allow: address, network, sensor,
/// deployment. What the sender chooses (ports, service, mode, name, the address within its /64) plays no part. Where its own memory fails
/// the answer is no. One thread; times are nanoseconds of a monotonic clock, whose start does not matter.
class ReplyBudget {
 public:
  /// `settings` passed check(). Takes all its memory here: about 16 MB by default.
  ReplyBudget(const BudgetSettings& settings, std::int64_t now_ns);

  /// Counts a request of `payload_bytes`, and says whether it may be answered at all.
  Silence request(const Address& source, std::uint32_t payload_bytes, std::int64_t now_ns);
  /// Whether one packet of so many bytes may answer the last request; counts it where it may. Every packet of a reply asks.
  Silence spend(std::uint32_t payload_bytes);
  /// Number of the stream of requests that the last one belongs to, once it was answered or taken for an attack; else 0. Never the same
  /// number twice, also not after a restart with restore(), clean or not.
  std::uint64_t streak() const;

  /// The attack list that all sensors share (rule 4): silent until `silence_seconds` after the last packet
  /// elsewhere, which may have come until 10 minutes after this; so often a sensor tells of an attack that goes on.
  /// `key` is a /32, /64, /24 or /48; nothing else is taken.
  Result<void> add_attack(const Prefix& key);
  /// Takes back what add_attack said; what this sensor saw itself stays.
  void remove_attack(const Prefix& key);
  /// The hub lets this sensor give an address so many replies beyond replies_per_host_alone in the next hour, never more than
  /// replies_per_host altogether. A sole sensor needs none.
  void grant(const Address& source, std::uint8_t replies);
  /// What happened since the last call, oldest first, at most 4096 things: what does not fit is only counted.
  std::vector<BudgetNews> take_news();
  std::uint64_t news_lost() const { return news_lost_; }

  /// Sends nothing for `seconds` from now (rule 15, rule 9).
  void listen_only(std::uint32_t seconds);
  bool is_listen_only() const { return now_ < listen_until_; }

  /// What must survive a restart. `clean`: nothing will be sent after this; files of a run that goes on are not.
  std::vector<std::uint8_t> save(bool clean) const;
  /// Takes over what another run saved, once, before the first request. No time counts as passed since then, so no clock is believed: what
  /// was sent was sent just now. An error is for the log, nothing has to be done: the budget then sends nothing for one gap period, be the
  /// file damaged, of another version, not clean, hostile, or not there (no bytes).
  Result<void> restore(std::span<const std::uint8_t> file);

  std::size_t memory_bytes() const;

 private:
  using Table = budget::KeyedTable<KeyHistory>;
  std::uint32_t advance(std::int64_t now_ns);
  KeyHistory* claim(Table& table, budget::SourceKey key);
  bool has_place(Table& table, budget::SourceKey key);
  /// Counts the request at one level; null where the level does not know the key.
  KeyHistory* seen(Table& table, budget::CountSketch& sketch, budget::SourceKey key, std::uint32_t most, const Prefix& told);
  Silence standing() const;
  std::uint64_t host_limit() const;
  std::uint64_t prefix_limit() const;
  void tell(BudgetNews::What what, const Prefix& key, std::uint32_t packets);
  Result<void> restore_content(std::span<const std::uint8_t> content);

  BudgetSettings settings_;
  std::int64_t latest_ns_;
  std::uint32_t now_ = 0;  ///< seconds of its own clock, which never goes back
  std::int64_t origin_ns_;
  std::uint32_t listen_until_ = 0;
  std::uint32_t lost_until_ = 0;  ///< until then sources without an entry get nothing: some that should have one have none
  std::uint64_t last_streak_ = 0;
  Table hosts_, prefixes_;
  budget::CountSketch host_sketch_, prefix_sketch_;
  budget::RollingLimit sensor_packets_, sensor_bytes_, deployment_bytes_;
  std::vector<BudgetNews> news_;
  std::uint64_t news_lost_ = 0;

  // The last request.
  Address source_;
  std::uint32_t request_bytes_ = 0;
  budget::SourceKey host_key_ = budget::SourceKey::none, prefix_key_ = budget::SourceKey::none;
  KeyHistory* host_ = nullptr;
  KeyHistory* prefix_ = nullptr;
};

}  // namespace nightjar::reflector
