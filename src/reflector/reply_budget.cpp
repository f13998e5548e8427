#include "reflector/reply_budget.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace nightjar::reflector {
namespace {

using budget::SourceKey;

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3'600 * kSecond;
constexpr std::size_t kMostNews = 4'096;
constexpr std::uint32_t kIpv4Headers = 28, kIpv6Headers = 48;

/// Bytes in any second.
std::uint64_t bytes_of(std::int64_t bits_per_second) { return static_cast<std::uint64_t>(bits_per_second) / 8; }

Prefix host_prefix(const Address& source) {
  if (source.version == 4) return {source, 32};
  return {{source.version, source.high, 0}, 64};
}
Prefix network_prefix(const Address& source) {
  if (source.version == 4) return {{source.version, source.high & ~std::uint64_t{0xff}, 0}, 24};
  return {{source.version, source.high & ~std::uint64_t{0xffff}, 0}, 48};
}
bool is_host(const Prefix& key) { return key.length == (key.first.version == 4 ? 32 : 64); }
bool is_network(const Prefix& key) { return key.length == (key.first.version == 4 ? 24 : 48); }

}  // namespace

ReplyBudget::ReplyBudget(const BudgetSettings& settings, std::int64_t now_ns)
    : settings_(settings),
      latest_ns_(now_ns),
      origin_ns_(now_ns),
      hosts_(static_cast<std::size_t>(settings.hosts), budget::draw_secret()),
      prefixes_(static_cast<std::size_t>(settings.prefixes), budget::draw_secret()),
      host_sketch_({static_cast<std::size_t>(settings.sketch_cells), settings.silence_seconds * kSecond}, budget::draw_secret()),
      prefix_sketch_({static_cast<std::size_t>(settings.sketch_cells / 2), settings.silence_seconds * kSecond}, budget::draw_secret()),
      sensor_packets_(static_cast<std::uint64_t>(settings.sensor_replies_per_second), kSecond),
      sensor_bytes_(bytes_of(settings.sensor_bits_per_second), kSecond),
      deployment_bytes_(bytes_of(settings.deployment_bits_per_second / settings.sensors), kSecond) {
  static_assert(KeyHistory::kSlotSeconds * 6 * kSecond == kHour);
  assert(check(settings));
  news_.reserve(kMostNews);
}

std::uint32_t ReplyBudget::advance(std::int64_t now_ns) {
  latest_ns_ = std::max(latest_ns_, now_ns);
  now_ = static_cast<std::uint32_t>((latest_ns_ - origin_ns_) / kSecond);
  return now_;
}

KeyHistory* ReplyBudget::claim(Table& table, SourceKey key) {
  const auto gap = static_cast<std::uint32_t>(settings_.silence_seconds);
  return table.claim(key, [&](const KeyHistory& history) { return history.idle(now_, gap); });
}

bool ReplyBudget::has_place(Table& table, SourceKey key) {
  const auto gap = static_cast<std::uint32_t>(settings_.silence_seconds);
  return table.has_place(key, [&](const KeyHistory& history) { return history.idle(now_, gap); });
}

KeyHistory* ReplyBudget::seen(Table& table, budget::CountSketch& sketch, SourceKey key, std::uint32_t most, const Prefix& told) {
  const unsigned estimate = sketch.add(key, latest_ns_ - origin_ns_);
  KeyHistory* history = table.find(key);
  if (history == nullptr) {
    if (estimate < most) return nullptr;
    history = claim(table, key);
    if (history == nullptr) {
      lost_until_ = now_ + static_cast<std::uint32_t>(settings_.silence_seconds) + 1;
      return nullptr;
    }
    history->marks = KeyHistory::kSuspected;
    history->last_seen = now_;
  }
  if (history->ended(now_, static_cast<std::uint32_t>(settings_.silence_seconds))) {
    history->marks = 0;
    history->packets = 0;
    history->streak = 0;
  }
  if (history->streak == 0) history->streak = ++last_streak_;
  history->last_seen = std::max(history->last_seen, now_);
  if (history->packets != std::numeric_limits<std::uint32_t>::max()) ++history->packets;
  history->bytes_in.add(KeyHistory::slot(now_), request_bytes_);
  if (history->packets >= most) {
    const bool is_new = (history->marks & KeyHistory::kAttack) == 0;
    history->marks |= KeyHistory::kAttack;
    if (is_new || now_ - history->told_at >= KeyHistory::kTellAgainSeconds) {
      history->told_at = now_;
      tell(BudgetNews::What::attack, told, history->packets);
    }
  }
  return history;
}

Silence ReplyBudget::request(const Address& source, std::uint32_t payload_bytes, std::int64_t now_ns) {
  advance(now_ns);
  source_ = source;
  request_bytes_ = payload_bytes;
  host_key_ = budget::host_key(source);
  prefix_key_ = budget::prefix_key(source);
  host_ = seen(hosts_, host_sketch_, host_key_, static_cast<std::uint32_t>(settings_.attack_packets), host_prefix(source));
  prefix_ =
      seen(prefixes_, prefix_sketch_, prefix_key_, static_cast<std::uint32_t>(settings_.prefix_attack_packets), network_prefix(source));
  return standing();
}

/// What the levels say of the last request, before any packet of a reply.
Silence ReplyBudget::standing() const {
  if (is_listen_only()) return Silence::listen_only;
  if (host_ != nullptr && (host_->marks & (KeyHistory::kAttack | KeyHistory::kShared))) return Silence::attack;
  if (host_ != nullptr && (host_->marks & KeyHistory::kSuspected)) return Silence::suspected;
  if (prefix_ != nullptr && prefix_->marks != 0) return Silence::prefix_attack;
  if ((host_ == nullptr || prefix_ == nullptr) && now_ < lost_until_) return Silence::table_full;
  if ((host_ != nullptr ? host_->replies_in_hour(now_) : 0) >= host_limit()) return Silence::host_budget;
  if ((prefix_ != nullptr ? prefix_->replies_in_hour(now_) : 0) >= prefix_limit()) return Silence::prefix_budget;
  const std::int64_t now = latest_ns_ - origin_ns_;
  if (!sensor_packets_.allows(1, now) || !sensor_bytes_.allows(1, now)) return Silence::sensor_budget;
  if (!deployment_bytes_.allows(1, now)) return Silence::deployment_budget;
  return Silence::none;
}

std::uint64_t ReplyBudget::host_limit() const {
  if (settings_.sensors == 1) return static_cast<std::uint64_t>(settings_.replies_per_host);
  const std::int64_t granted = host_ != nullptr ? host_->granted_now(now_) : 0;
  return static_cast<std::uint64_t>(std::min(settings_.replies_per_host, settings_.replies_per_host_alone + granted));
}

std::uint64_t ReplyBudget::prefix_limit() const {
  if (settings_.sensors == 1) return static_cast<std::uint64_t>(settings_.replies_per_prefix);
  const std::int64_t granted = prefix_ != nullptr ? prefix_->granted_now(now_) : 0;
  const std::int64_t part = std::max<std::int64_t>(settings_.replies_per_prefix / settings_.sensors, 1);
  return static_cast<std::uint64_t>(std::min(settings_.replies_per_prefix, part + granted));
}

Silence ReplyBudget::spend(std::uint32_t payload_bytes) {
  assert(source_.version != 0);
  if (const Silence silence = standing(); silence != Silence::none) return silence;
  if (payload_bytes > settings_.reply_bytes) return Silence::too_large;
  const std::uint32_t bytes = payload_bytes + (source_.version == 4 ? kIpv4Headers : kIpv6Headers);
  const std::int64_t now = latest_ns_ - origin_ns_;
  if (!sensor_bytes_.allows(bytes, now)) return Silence::sensor_budget;
  if (!deployment_bytes_.allows(bytes, now)) return Silence::deployment_budget;
  if (!has_place(hosts_, host_key_) || !has_place(prefixes_, prefix_key_)) return Silence::table_full;
  const std::uint32_t slot = KeyHistory::slot(now_);
  const auto free_replies = static_cast<std::uint64_t>(settings_.free_replies_per_host);
  if ((host_ != nullptr ? host_->replies_in_hour(now_) : 0) >= free_replies) {
    const std::uint64_t came = host_ != nullptr ? host_->bytes_in.at_least(slot) : request_bytes_;
    const std::uint64_t left = host_ != nullptr ? host_->bytes_out.at_most(slot) : 0;
    if (left + bytes > came) return Silence::byte_budget;
  }
  const auto begin = [&](Table& table, SourceKey key, KeyHistory*& history) {
    if (history != nullptr) return;
    history = claim(table, key);
    history->streak = ++last_streak_;
    history->last_seen = now_;
    history->packets = 1;
    history->bytes_in.add(slot, request_bytes_);
  };
  begin(hosts_, host_key_, host_);
  begin(prefixes_, prefix_key_, prefix_);
  for (KeyHistory* history : {host_, prefix_}) {
    history->replies.add(slot, 1);
    history->bytes_out.add(slot, bytes);
  }
  sensor_packets_.spend(1, now);
  sensor_bytes_.spend(bytes, now);
  deployment_bytes_.spend(bytes, now);
  tell(BudgetNews::What::replies, host_prefix(source_), 1);
  return Silence::none;
}

std::uint64_t ReplyBudget::streak() const { return host_ != nullptr ? host_->streak : 0; }

Result<void> ReplyBudget::add_attack(const Prefix& key) {
  if (!is_host(key) && !is_network(key)) return Error{"an attack is shared as /32 or /24 (IPv6: /64 or /48), not as " + format(key)};
  Table& table = is_host(key) ? hosts_ : prefixes_;
  KeyHistory* history = claim(table, is_host(key) ? budget::host_key(key.first) : budget::prefix_key(key.first));
  if (history == nullptr) {
    lost_until_ = now_ + static_cast<std::uint32_t>(settings_.silence_seconds) + 1;
    return {};
  }
  history->marks |= KeyHistory::kShared;
  // The sensor that sees it tells so only now and then.
  history->last_seen = now_ + KeyHistory::kTellAgainSeconds;
  return {};
}

void ReplyBudget::remove_attack(const Prefix& key) {
  if (!is_host(key) && !is_network(key)) return;
  KeyHistory* history = is_host(key) ? hosts_.find(budget::host_key(key.first)) : prefixes_.find(budget::prefix_key(key.first));
  if (history != nullptr) history->marks &= static_cast<std::uint8_t>(~KeyHistory::kShared);
}

void ReplyBudget::grant(const Address& source, std::uint8_t replies) {
  const auto add = [&](Table& table, SourceKey key) {
    KeyHistory* history = claim(table, key);
    if (history == nullptr) return;  // then it gets nothing anyway
    history->granted = static_cast<std::uint8_t>(std::min(history->granted_now(now_) + replies, 255));
    history->granted_at = now_;
    history->last_seen = std::max(history->last_seen, now_);
  };
  add(hosts_, budget::host_key(source));
  add(prefixes_, budget::prefix_key(source));
}

void ReplyBudget::tell(BudgetNews::What what, const Prefix& key, std::uint32_t packets) {
  if (settings_.sensors == 1) return;
  if (news_.size() == kMostNews) {
    ++news_lost_;
    return;
  }
  news_.push_back({what, key, packets});
}

std::vector<BudgetNews> ReplyBudget::take_news() {
  std::vector<BudgetNews> taken(news_);
  news_.clear();
  return taken;
}

void ReplyBudget::listen_only(std::uint32_t seconds) { listen_until_ = std::max(listen_until_, now_ + seconds); }

std::size_t ReplyBudget::memory_bytes() const {
  return hosts_.memory_bytes() + prefixes_.memory_bytes() + host_sketch_.memory_bytes() + prefix_sketch_.memory_bytes() +
         kMostNews * sizeof(BudgetNews);
}

}  // namespace nightjar::reflector
