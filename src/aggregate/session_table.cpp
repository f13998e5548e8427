#include "aggregate/session_table.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/time.hpp"
#include "payload/sha256.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kNanosPerMicro = 1000;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

auto order_of(const SessionRow& row) {
  return std::tie(row.first, row.src, row.src_low, row.src_port, row.port, row.dst, row.dst_low, row.sensor);
}

}  // namespace

struct SessionTable::State {
  Rows rows;
  absl::flat_hash_map<std::pair<std::int64_t, std::string_view>, std::size_t> known;  ///< payloads by day and SHA-256

  /// The payload of a conversation, which may be there already. Returns its SHA-256.
  std::string_view payload_of(const Conversation& conversation, const Reading& reading, const SessionRow& session) {
    std::string sha256 = sha256_hex(bytes_of(conversation.client));
    // A payload's rows lie in the day in which it was first seen, as those of its session do.
    const std::int64_t day = day_of(conversation.first_ns);
    if (const auto found = known.find({day, sha256}); found != known.end()) {
      PayloadRow& row = rows.payloads[found->second];
      row.last = std::max(row.last, session.last);
      // As the table merges them, so that the order in which conversations came does not matter.
      if (row.tags < reading.tags) row.tags = rows.texts.keep(reading.tags);
      if (row.urls < reading.urls) row.urls = rows.texts.keep(reading.urls);
      if (std::tie(session.first, session.src, session.src_low) < std::tie(row.first, row.src, row.src_low)) set_origin(row, session);
      return row.sha256;
    }
    PayloadRow row;
    row.sha256 = rows.texts.keep(std::move(sha256));
    row.bytes = rows.texts.keep(conversation.client);
    row.tags = rows.texts.keep(reading.tags);
    row.urls = rows.texts.keep(reading.urls);
    row.size = conversation.client.size();
    row.last = session.last;
    row.protocol = 6;
    set_origin(row, session);
    known.emplace(std::pair(day, row.sha256), rows.payloads.size());
    rows.payloads.push_back(row);
    return row.sha256;
  }

  static void set_origin(PayloadRow& row, const SessionRow& session) {
    row.first = session.first;
    row.src = session.src;
    row.src_low = session.src_low;
    row.ip_version = session.ip_version;
    row.port = session.port;
    row.sensor = session.sensor;
  }
};

SessionTable::SessionTable() : state_(std::make_unique<State>()) {}
SessionTable::~SessionTable() = default;
SessionTable::SessionTable(SessionTable&&) noexcept = default;
SessionTable& SessionTable::operator=(SessionTable&&) noexcept = default;

void SessionTable::add(const Conversation& conversation, const Reading& reading) {
  SessionRow row;
  row.first = floor_div(conversation.first_ns, kNanosPerMicro);
  row.last = floor_div(conversation.last_ns, kNanosPerMicro);
  row.src = conversation.src;
  row.src_low = conversation.src_low;
  row.dst = conversation.dst;
  row.dst_low = conversation.dst_low;
  row.packets = conversation.packets;
  row.segments = conversation.segments;
  row.bytes = conversation.bytes;
  row.server_bytes = conversation.server_bytes;
  row.facts = conversation.facts;
  row.window = conversation.window;
  row.src_port = conversation.src_port;
  row.port = conversation.port;
  row.sensor = conversation.sensor;
  row.ip_version = conversation.ip_version;
  row.handshake = conversation.handshake ? 1 : 0;
  row.cut = conversation.cut ? 1 : 0;
  TextKeep& texts = state_->rows.texts;
  row.logins = texts.keep(reading.logins);
  row.commands = texts.keep(reading.commands);
  row.tags = texts.keep(reading.tags);
  row.urls = texts.keep(reading.urls);
  row.injections = texts.keep(reading.injections);
  if (!conversation.client.empty()) row.payload = state_->payload_of(conversation, reading, row);
  state_->rows.sessions.push_back(row);
}

SessionTable::Rows SessionTable::take() {
  Rows rows = std::move(state_->rows);
  *state_ = State{};
  std::sort(rows.sessions.begin(), rows.sessions.end(), [](const SessionRow& a, const SessionRow& b) { return order_of(a) < order_of(b); });
  std::sort(rows.payloads.begin(), rows.payloads.end(), [](const PayloadRow& a, const PayloadRow& b) { return a.sha256 < b.sha256; });
  return rows;
}

std::uint64_t SessionTable::memory_bytes() const {
  constexpr std::size_t kKnown = sizeof(std::pair<std::pair<std::int64_t, std::string_view>, std::size_t>) + 1;
  return state_->rows.sessions.capacity() * sizeof(SessionRow) + state_->rows.payloads.capacity() * sizeof(PayloadRow) +
         state_->rows.texts.bytes() + state_->known.capacity() * kKnown;
}

}  // namespace nightjar
