#include "ingest/datagram_rows.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "base/time.hpp"
#include "payload/reading.hpp"
#include "payload/sha256.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kNanosPerMicro = 1000;

void set_origin(PayloadRow& row, const Datagram& datagram) {
  row.first = floor_div(datagram.first_ns, kNanosPerMicro);
  row.src = datagram.src;
  row.src_low = datagram.src_low;
  row.ip_version = datagram.ip_version;
  row.port = datagram.port;
  row.sensor = datagram.sensor;
}

auto origin_of(const PayloadRow& row) { return std::tie(row.first, row.src, row.src_low, row.sensor, row.port); }

}  // namespace

void add_datagram_rows(std::vector<Datagram> datagrams, Recogniser& recogniser, std::vector<PayloadRow>& rows, TextKeep& texts) {
  constexpr std::uint8_t kUdp = 17;
  absl::flat_hash_map<std::string_view, std::size_t> known;
  rows.reserve(rows.size() + datagrams.size());
  const std::size_t of_conversations = rows.size();
  for (std::size_t i = 0; i < of_conversations; ++i) known.emplace(rows[i].sha256, i);
  for (Datagram& datagram : datagrams) {
    PayloadRow row;
    set_origin(row, datagram);
    row.last = floor_div(datagram.last_ns, kNanosPerMicro);
    std::string sha256 = sha256_hex(datagram.bytes);
    if (const auto found = known.find(sha256); found != known.end()) {
      PayloadRow& kept = rows[found->second];
      const std::int64_t last = std::max(kept.last, row.last);
      if (origin_of(row) < origin_of(kept)) {
        set_origin(kept, datagram);
        kept.protocol = kUdp;
      }
      kept.last = last;
      if (found->second < of_conversations) {
        // As the table merges them.
        const Reading reading = read_datagram(datagram.bytes, datagram.port, recogniser);
        if (kept.tags < reading.tags) kept.tags = texts.keep(reading.tags);
        if (kept.urls < reading.urls) kept.urls = texts.keep(reading.urls);
      }
      continue;
    }
    const Reading reading = read_datagram(datagram.bytes, datagram.port, recogniser);
    row.sha256 = texts.keep(std::move(sha256));
    row.bytes = texts.keep(std::string(datagram.bytes.begin(), datagram.bytes.end()));
    row.tags = texts.keep(reading.tags);
    row.urls = texts.keep(reading.urls);
    row.size = datagram.bytes.size();
    row.protocol = kUdp;
    known.emplace(row.sha256, rows.size());
    rows.push_back(row);
    datagram.bytes = {};
  }
}

}  // namespace nightjar
