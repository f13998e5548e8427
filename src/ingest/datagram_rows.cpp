#include "ingest/datagram_rows.hpp"

#include <algorithm>
#include <map>
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

DatagramRows rows_of(std::vector<Datagram> datagrams, Recogniser& recogniser) {
  constexpr std::uint8_t kUdp = 17;
  DatagramRows rows;
  std::map<std::pair<std::int64_t, std::string_view>, std::size_t> known;
  for (Datagram& datagram : datagrams) {
    PayloadRow row;
    set_origin(row, datagram);
    row.last = floor_div(datagram.last_ns, kNanosPerMicro);
    std::string sha256 = sha256_hex(datagram.bytes);
    const std::int64_t day = day_of(datagram.first_ns);
    if (const auto found = known.find({day, sha256}); found != known.end()) {
      PayloadRow& kept = rows.payloads[found->second];
      const std::int64_t last = std::max(kept.last, row.last);
      if (origin_of(row) < origin_of(kept)) set_origin(kept, datagram);
      kept.last = last;
      continue;
    }
    const Reading reading = read_datagram(datagram.bytes, datagram.port, recogniser);
    row.sha256 = rows.texts.keep(std::move(sha256));
    row.bytes = rows.texts.keep(std::string(datagram.bytes.begin(), datagram.bytes.end()));
    row.tags = rows.texts.keep(reading.tags);
    row.urls = rows.texts.keep(reading.urls);
    row.size = datagram.bytes.size();
    row.protocol = kUdp;
    known.emplace(std::pair(day, row.sha256), rows.payloads.size());
    rows.payloads.push_back(row);
    datagram.bytes = {};
  }
  std::sort(rows.payloads.begin(), rows.payloads.end(), [](const PayloadRow& a, const PayloadRow& b) { return a.sha256 < b.sha256; });
  return rows;
}

}  // namespace nightjar
