#include "aggregate/request_table.hpp"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "aggregate/request_rows.hpp"
#include "base/time.hpp"
#include "payload/udp_request.hpp"

namespace nightjar {
namespace {

/// Of a reply whose service is not settled yet.
constexpr std::uint8_t kUnsettled = 0xff;

RequestRow row_of(const RequestEntry& entry) {
  const auto& [key, sums] = entry;
  RequestRow row;
  row.minute = key.minute;
  row.src = key.src;
  row.src_low = key.src_low;
  row.sensor = key.sensor;
  row.port = key.port;
  row.ip_version = key.ip_version;
  row.service = key.service;
  row.packets = sums.packets;
  row.bytes_in = sums.bytes_in;
  row.bytes_out = sums.bytes_out;
  row.replies = sums.replies;
  row.request_bytes = sums.request_bytes;
  row.reply_bytes = sums.reply_bytes;
  row.query = sums.query;
  row.kinds = sums.kinds;
  row.first_ms = sums.first_ms;
  row.last_ms = sums.last_ms;
  return row;
}

/// Milliseconds after the beginning of its minute. Modulo 2^64, as captures may claim any time and the first minute begins before
/// INT64_MIN.
std::uint16_t milliseconds_of(std::int64_t time_ns, std::int64_t minute) {
  constexpr std::uint64_t kMinuteNs = kSecondsPerMinute * kNanosPerSecond, kNanosPerMilli = 1'000'000;
  return static_cast<std::uint16_t>((static_cast<std::uint64_t>(time_ns) - static_cast<std::uint64_t>(minute) * kMinuteNs) /
                                    kNanosPerMilli);
}

bool has_ports(const Packet& packet) { return packet.protocol == protocol::kUdp && packet.has_transport && !packet.later_fragment; }

}  // namespace

struct RequestTable::State {
  RequestRows rows;
  TextKeep texts;
  absl::flat_hash_set<std::string_view> known_texts;
  RequestEntry* last = nullptr;  // the row of the packet before: attacks come in runs

  RequestSums& row(const RequestKey& key) {
    if (last == nullptr || !(last->key == key)) last = &rows.find_or_add(key);
    return last->sums;
  }

  /// The same characters, kept; each text once.
  std::string_view kept(std::string_view text) {
    if (text.empty()) return {};
    const auto at = known_texts.find(text);
    return at != known_texts.end() ? *at : *known_texts.insert(texts.keep(std::string(text))).first;
  }

  /// Before the packets of `query` are added to the row's.
  void meet_query(RequestSums& row, std::string_view query) {
    if (row.packets == 0) {
      row.query = kept(query);
    } else if (row.query != query) {
      row.query = {};
    }
  }

  void merge_into(RequestSums& row, const RequestSums& other) {
    if (other.packets > 0) meet_query(row, other.query);
    row.packets += other.packets;
    row.bytes_in += other.bytes_in;
    row.bytes_out += other.bytes_out;
    row.replies += other.replies;
    row.request_bytes += other.request_bytes;
    row.reply_bytes += other.reply_bytes;
    row.kinds |= other.kinds;
    row.first_ms = std::min(row.first_ms, other.first_ms);
    row.last_ms = std::max(row.last_ms, other.last_ms);
  }

  /// The service that was asked most with the rest of the key.
  std::optional<std::uint8_t> asked_service(RequestKey key) const {
    std::optional<std::uint8_t> best;
    std::uint64_t most = 0;
    for (std::uint8_t service = 0; service < kServices; ++service) {
      key.service = service;
      const RequestEntry* entry = rows.find(key);
      if (entry == nullptr || entry->sums.packets <= most) continue;
      best = service;
      most = entry->sums.packets;
    }
    return best;
  }

  /// Adds replies of unsettled services to their rows; what remains with such a service counts no more.
  void settle_replies() {
    for (std::size_t i = 0, end = rows.size(); i < end; ++i) {
      const RequestEntry& reply = rows.at(i);
      if (reply.key.service != kUnsettled) continue;
      RequestKey minute_before = reply.key;
      --minute_before.minute;
      auto service = asked_service(reply.key);
      if (!service) service = asked_service(minute_before);
      RequestKey settled = reply.key;
      settled.service = service.value_or(static_cast<std::uint8_t>(Service::unknown));
      merge_into(row(settled), reply.sums);
    }
  }
};

RequestTable::RequestTable() : state_(std::make_unique<State>()) {}
RequestTable::~RequestTable() = default;
RequestTable::RequestTable(RequestTable&&) noexcept = default;
RequestTable& RequestTable::operator=(RequestTable&&) noexcept = default;

bool RequestTable::add(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor) {
  if (!has_ports(packet)) return false;
  const UdpRequest request = read_request(payload, packet.dst_port);
  if (request.answer) return false;
  const std::int64_t minute = minute_of(packet.time_ns);
  const std::uint16_t ms = milliseconds_of(packet.time_ns, minute);
  RequestSums& row = state_->row(
      {packet.src, packet.src_low, minute, packet.dst_port, sensor, packet.ip_version, static_cast<std::uint8_t>(request.service)});
  state_->meet_query(row, request.query.view());
  ++row.packets;
  row.bytes_in += packet.ip_length;
  row.request_bytes += payload.size() + packet.payload_missing;
  row.reply_bytes += request.reply_bytes;
  row.kinds |= request.kinds;
  row.first_ms = std::min(row.first_ms, ms);
  row.last_ms = std::max(row.last_ms, ms);
  return true;
}

void RequestTable::add_reply(const Packet& packet, std::uint16_t sensor) {
  if (!has_ports(packet)) return;
  const std::int64_t minute = minute_of(packet.time_ns);
  const auto own = service_of_port(packet.src_port);
  const std::uint8_t service = own ? static_cast<std::uint8_t>(*own) : kUnsettled;
  RequestSums& row = state_->row({packet.dst, packet.dst_low, minute, packet.src_port, sensor, packet.ip_version, service});
  ++row.replies;
  row.bytes_out += packet.ip_length;
}

void RequestTable::merge(RequestTable& other) {
  if (state_->rows.size() == 0) std::swap(state_, other.state_);
  for (std::size_t i = 0; i < other.state_->rows.size(); ++i) {
    const RequestEntry& entry = other.state_->rows.at(i);
    state_->merge_into(state_->row(entry.key), entry.sums);
  }
  other.state_ = std::make_unique<State>();
}

RequestTable::Rows RequestTable::take() {
  state_->settle_replies();
  std::vector<const RequestEntry*> entries;
  entries.reserve(state_->rows.size());
  for (std::size_t i = 0; i < state_->rows.size(); ++i) {
    const RequestEntry& entry = state_->rows.at(i);
    if (entry.key.service != kUnsettled) entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(), [](const RequestEntry* a, const RequestEntry* b) { return a->key < b->key; });
  Rows rows;
  rows.requests.reserve(entries.size());
  for (const RequestEntry* entry : entries) rows.requests.push_back(row_of(*entry));
  rows.texts = std::move(state_->texts);
  state_ = std::make_unique<State>();
  return rows;
}

std::uint64_t RequestTable::memory_bytes() const {
  return state_->rows.memory_bytes() + state_->known_texts.capacity() * (sizeof(std::string_view) + 1) + state_->texts.bytes();
}

}  // namespace nightjar
