#include "ingest/packet_records.hpp"

#include <algorithm>
#include <type_traits>

#include "base/time.hpp"

namespace nightjar {
namespace {

template <class T>
void append(std::string& out, T value) {
  static_assert(std::is_unsigned_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

constexpr std::size_t kBlockAlignment = 4;
void pad(std::string& out, std::size_t bytes) { out.append((kBlockAlignment - bytes % kBlockAlignment) % kBlockAlignment, '\0'); }

/// A pcapng block: type, length, body, length again.
void append_block(std::string& out, std::uint32_t type, const std::string& body) {
  constexpr std::uint32_t around = 12;
  const auto length = static_cast<std::uint32_t>(body.size()) + around;
  append(out, type);
  append(out, length);
  out += body;
  append(out, length);
}

void append_option(std::string& out, std::uint16_t code, const std::string& value) {
  append(out, code);
  append(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out, value.size());
}

}  // namespace

bool fits_pcap(std::int64_t time_ns) { return time_ns >= 0 && second_of(time_ns) <= std::int64_t{UINT32_MAX}; }

// draft-ietf-opsawg-pcap
void append_pcap_header(std::string& out, std::uint16_t link_type, std::uint32_t snapshot_length) {
  constexpr std::uint32_t nanoseconds = 0xa1b23c4d;
  append(out, nanoseconds);
  append(out, std::uint16_t{2});
  append(out, std::uint16_t{4});
  append(out, std::uint64_t{0});  // zone and accuracy
  append(out, snapshot_length);
  append(out, std::uint32_t{link_type});
}

void append_pcap_record(std::string& out, const RawPacket& packet) {
  append(out, static_cast<std::uint32_t>(second_of(packet.time_ns)));
  append(out, static_cast<std::uint32_t>(packet.time_ns - second_of(packet.time_ns) * kNanosPerSecond));
  append(out, packet.captured);
  append(out, packet.original);
  out.append(reinterpret_cast<const char*>(packet.bytes), packet.captured);
}

// draft-ietf-opsawg-pcapng
void append_pcapng_header(std::string& out, std::span<const std::uint16_t> link_types, std::uint32_t snapshot_length,
                          const std::string& remark) {
  constexpr std::uint32_t section = 0x0a0d0d0a, interface = 1, byte_order = 0x1a2b3c4d;
  constexpr std::uint16_t comment = 1, resolution = 9, most_comment = 4096;
  std::string body;
  append(body, byte_order);
  append(body, std::uint16_t{1});
  append(body, std::uint16_t{0});
  append(body, ~std::uint64_t{0});  // length of the section: not said
  if (!remark.empty()) {
    append_option(body, comment, remark.substr(0, most_comment));
    append(body, std::uint32_t{0});
  }
  append_block(out, section, body);
  for (const std::uint16_t link_type : link_types) {
    body.clear();
    append(body, link_type);
    append(body, std::uint16_t{0});
    append(body, snapshot_length);
    append_option(body, resolution, std::string(1, '\x09'));
    append(body, std::uint32_t{0});
    append_block(out, interface, body);
  }
}

void append_pcapng_record(std::string& out, const RawPacket& packet, std::uint32_t interface) {
  constexpr std::uint32_t enhanced = 6;
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(packet.time_ns, 0));
  std::string body;
  append(body, interface);
  append(body, static_cast<std::uint32_t>(time >> 32));
  append(body, static_cast<std::uint32_t>(time));
  append(body, packet.captured);
  append(body, packet.original);
  body.append(reinterpret_cast<const char*>(packet.bytes), packet.captured);
  pad(body, packet.captured);
  append_block(out, enhanced, body);
}

}  // namespace nightjar
