#include "payload/conversations.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "base/time.hpp"
#include "payload/open_conversation.hpp"
#include "payload/recent_syns.hpp"

namespace nightjar {
namespace {

using namespace tcp_flag;

enum Stage : std::uint8_t { kEnded, kUnproven, kProven, kStages };
/// Those without a handshake may hold this part of what there is room for while others hold the rest: a flood of SYNs pushes nobody out
/// who speaks, and those who keep a honeypot busy leave room for others to begin.
constexpr std::uint64_t kUnprovenPart = 4;

struct Entry;
/// Entries of one sensor or of all. The first was silent longest; of those that ended, it ended first.
using Entries = std::list<Entry>;
using OfSensor = std::list<Entry*>;

/// Captures of several sensors are read hour by hour, one sensor after the other: each has a time of its own.
struct SensorView {
  std::array<OfSensor, kStages> stages;
  std::optional<std::int64_t> previous_ns;  ///< time of its last packet
};

struct Entry {
  OpenConversation conversation;
  SensorView* sensor;
  OfSensor::iterator at_sensor{};  ///< its place in sensor->stages
  std::size_t heap_bytes = 0;      ///< as they are counted in the sum
  Stage stage = kUnproven;
  bool pot_called = false;  ///< the pot began it: only kept so that the answers are not taken for a client's conversation
};

ConversationKey key_of(const Packet& packet, std::uint16_t sensor, bool from_client) {
  ConversationKey key{packet.src, packet.src_low, packet.dst, packet.dst_low, packet.src_port, packet.dst_port, sensor, packet.ip_version};
  if (!from_client) {
    std::swap(key.src, key.dst);
    std::swap(key.src_low, key.dst_low);
    std::swap(key.src_port, key.port);
  }
  return key;
}

std::uint64_t distance(std::int64_t a, std::int64_t b) {
  const auto low = static_cast<std::uint64_t>(std::min(a, b)), high = static_cast<std::uint64_t>(std::max(a, b));
  return high - low;
}

std::uint64_t nanoseconds(std::int64_t seconds) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kNanosPerSecond;
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(seconds, 0, kMost)) * static_cast<std::uint64_t>(kNanosPerSecond);
}

/// Whether a client's packet of no known conversation begins one without its SYN. A single zero byte that is not pushed is how some
/// kernels ask whether the other side still lives (RFC 9293 3.8.4), when this was forgotten long ago.
bool speaks(const Packet& packet, std::span<const std::uint8_t> payload) {
  if ((packet.tcp_flags & (kSyn | kRst | kAck)) != kAck) return false;
  const std::uint64_t size = payload.size() + std::uint64_t{packet.payload_missing};
  const bool keeps_alive = size == 1 && payload.size() == 1 && payload[0] == 0 && !(packet.tcp_flags & kPsh);
  return size > 0 && !keeps_alive;
}

}  // namespace

struct Conversations::Table {
  Table(const Config& config, Sink to)
      : most_open(std::max<std::size_t>(config.most_open, 1)),
        most_bytes(config.most_bytes),
        idle_ns(nanoseconds(config.idle_seconds)),
        linger_ns(nanoseconds(config.linger_seconds)),
        sink(std::move(to)),
        syns(config.most_syn_places) {}

  const std::size_t most_open;
  const std::uint64_t most_bytes, idle_ns, linger_ns;
  const Sink sink;
  std::array<Entries, kStages> stages;
  std::map<std::uint16_t, SensorView> sensors;
  absl::flat_hash_map<ConversationKey, Entries::iterator> by_key;
  RecentSyns syns;
  std::array<std::uint64_t, kStages> bytes{};  ///< of memory for what was said

  bool over(const OpenConversation& conversation, std::int64_t time_ns) const {
    return conversation.ended() ? distance(conversation.ended_ns(), time_ns) > linger_ns
                                : distance(conversation.heard_ns(), time_ns) > idle_ns;
  }

  void close(Entries::iterator entry) {
    bytes[entry->stage] -= entry->heap_bytes;
    if (entry->conversation.untold()) sink(entry->conversation.told());
    by_key.erase(entry->conversation.key());
    entry->sensor->stages[entry->stage].erase(entry->at_sensor);
    stages[entry->stage].erase(entry);
  }

  void end_and_close(Entries::iterator entry, std::int64_t time_ns, bool known) {
    entry->conversation.end(time_ns, known);
    close(entry);
  }

  /// Closes those of the sensor that are over, as two of its packets in a row see it.
  void sweep(SensorView& sensor, std::int64_t time_ns, bool known) {
    const std::int64_t previous_ns = sensor.previous_ns.value_or(time_ns);
    for (const OfSensor& stage : sensor.stages) {
      while (!stage.empty() && over(stage.front()->conversation, time_ns) && over(stage.front()->conversation, previous_ns))
        end_and_close(by_key.find(stage.front()->conversation.key())->second, time_ns, known);
    }
    sensor.previous_ns = time_ns;
  }

  /// Hands over what is not told yet. Those that are silent are told as ended but go on: it hangs on one packet's time.
  void tell(Entry& entry) {
    OpenConversation& conversation = entry.conversation;
    const bool ended = conversation.ended() || over(conversation, *entry.sensor->previous_ns);
    if (conversation.untold(ended)) sink(conversation.told(ended));
  }

  std::uint64_t kept_bytes() const { return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}); }

  /// Of which one must go. `held` of `most` is what those without a handshake have.
  Stage victim(std::uint64_t held, std::uint64_t most) const {
    if (!stages[kEnded].empty()) return kEnded;
    if (stages[kProven].empty()) return kUnproven;
    return stages[kUnproven].size() > 1 && held > most / kUnprovenPart ? kUnproven : kProven;
  }

  void bound() {
    while (by_key.size() > most_open) close(stages[victim(stages[kUnproven].size(), most_open)].begin());
    while (kept_bytes() > most_bytes && !by_key.empty()) close(stages[victim(bytes[kUnproven], most_bytes)].begin());
  }

  Entries::iterator begin(const ConversationKey& key, std::int64_t time_ns, std::uint32_t first_byte, bool syn) {
    const Entries::iterator entry =
        stages[kUnproven].insert(stages[kUnproven].end(), Entry{OpenConversation(key, time_ns, first_byte, syn), &sensors[key.sensor]});
    OfSensor& of_sensor = entry->sensor->stages[kUnproven];
    entry->at_sensor = of_sensor.insert(of_sensor.end(), &*entry);
    by_key.emplace(key, entry);
    if (const auto other = syns.before(key, {.time_ns = time_ns, .sequence = first_byte - 1, .src_port = key.src_port}))
      entry->conversation.note_other_syn(other->facts, other->window);
    return entry;
  }

  void add_to(Entries::iterator entry, const Packet& packet, std::span<const std::uint8_t> payload, bool from_client, bool known) {
    OpenConversation& conversation = entry->conversation;
    if (entry->pot_called)
      conversation.count(packet.time_ns, true);
    else
      conversation.add(packet, payload, from_client, known);
    bytes[entry->stage] -= entry->heap_bytes;
    entry->heap_bytes = conversation.heap_bytes();
    const Stage before = entry->stage;
    entry->stage = conversation.ended() ? kEnded : conversation.handshake() ? kProven : kUnproven;
    bytes[entry->stage] += entry->heap_bytes;
    if (before == kEnded) return;
    stages[entry->stage].splice(stages[entry->stage].end(), stages[before], entry);
    OfSensor& of_sensor = entry->sensor->stages[entry->stage];
    of_sensor.splice(of_sensor.end(), entry->sensor->stages[before], entry->at_sensor);
  }

  /// A client's bare SYN on the addresses and ports of `entry`. Returns the conversation that it belongs to; none if it is doubtful.
  std::optional<Entries::iterator> syn_again(Entries::iterator entry, const Packet& packet, bool known) {
    OpenConversation& conversation = entry->conversation;
    if (conversation.begun_by(packet.tcp_sequence)) return entry;
    if (!conversation.ended() && conversation.client_spoke()) {
      conversation.doubtful_syn = {packet.time_ns, packet.tcp_sequence, known};
      return std::nullopt;
    }
    const ConversationKey key = conversation.key();
    end_and_close(entry, packet.time_ns, known);
    return begin(key, packet.time_ns, packet.tcp_sequence + 1, true);
  }

  /// The pot's SYN-ACK proves that a doubtful SYN began another connection.
  Entries::iterator answered(Entries::iterator entry, const Packet& packet, bool known) {
    const auto doubtful = entry->conversation.doubtful_syn;
    if (!doubtful || packet.tcp_acknowledgement != doubtful->sequence + 1) return entry;
    const ConversationKey key = entry->conversation.key();
    end_and_close(entry, doubtful->time_ns, known);
    const Entries::iterator next = begin(key, doubtful->time_ns, doubtful->sequence + 1, true);
    next->conversation.count(doubtful->time_ns, doubtful->known);
    return next;
  }

  /// The conversation that the packet belongs to, begun if need be.
  std::optional<Entries::iterator> of(const ConversationKey& key, const Packet& packet, std::span<const std::uint8_t> payload,
                                      bool from_client, bool known) {
    auto found = by_key.find(key);
    if (found != by_key.end() && over(found->second->conversation, packet.time_ns)) {
      end_and_close(found->second, packet.time_ns, known);
      found = by_key.end();
    }
    const bool syn = from_client && is_bare_syn(packet);
    if (found == by_key.end()) {
      if (syn) return begin(key, packet.time_ns, packet.tcp_sequence + 1, true);
      if (from_client && speaks(packet, payload)) return begin(key, packet.time_ns, packet.tcp_sequence, false);
      if (!from_client && is_bare_syn(packet)) {
        const Entries::iterator entry = begin(key, packet.time_ns, packet.tcp_acknowledgement, false);
        entry->pot_called = true;
        return entry;
      }
      return std::nullopt;
    }
    if (syn) return syn_again(found->second, packet, known);
    if (!from_client && (packet.tcp_flags & (kSyn | kAck)) == (kSyn | kAck)) return answered(found->second, packet, known);
    return found->second;
  }
};

Conversations::Conversations(Config config, Sink sink) : table_(std::make_unique<Table>(config, std::move(sink))) {}
Conversations::~Conversations() = default;

void Conversations::add(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor, bool from_client,
                        std::uint32_t facts, bool known) {
  if (packet.protocol != protocol::kTcp || !packet.has_transport) return;
  table_->sweep(table_->sensors[sensor], packet.time_ns, known);
  const ConversationKey key = key_of(packet, sensor, from_client);
  if (const auto entry = table_->of(key, packet, payload, from_client, known)) table_->add_to(*entry, packet, payload, from_client, known);
  if (from_client && is_bare_syn(packet))
    table_->syns.add(key, {packet.time_ns, packet.tcp_sequence, facts, packet.src_port, packet.window});
  table_->bound();
}

void Conversations::hand_over_open() {
  for (Entries& stage : table_->stages) {
    for (Entry& entry : stage) table_->tell(entry);
  }
}

void Conversations::finish() {
  hand_over_open();
  for (Entries& stage : table_->stages)
    while (!stage.empty()) table_->close(stage.begin());
}

std::uint64_t Conversations::memory_bytes() const {
  constexpr std::size_t kLinks = 5 * sizeof(void*);  // of the list of all, and a node of the sensor's
  using Slot = decltype(table_->by_key)::value_type;
  return table_->by_key.size() * (sizeof(Entry) + kLinks) + table_->by_key.capacity() * (sizeof(Slot) + 1) + table_->kept_bytes() +
         table_->syns.memory_bytes();
}

}  // namespace nightjar
