#include "live/pcapng_blocks.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A, kInterfaceDescription = 1, kInterfaceStatistics = 5, kEnhancedPacket = 6;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kUserApplication = 4;
constexpr std::uint16_t kInterfaceName = 2, kTimeResolution = 9, kFilter = 11;
constexpr std::uint16_t kReceived = 4, kInterfaceDrop = 5, kSystemDrop = 7;
/// An option's length has 16 bits; nobody reads names longer than this.
constexpr std::size_t kMostText = 1024;

void put16(std::uint16_t value, PcapngBytes& out) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8));
}

void put32(std::uint32_t value, PcapngBytes& out) {
  const std::uint8_t bytes[] = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
                                static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
  out.insert(out.end(), bytes, bytes + 4);
}

/// Times are written upper half first, whatever the byte order.
void put_time(std::int64_t time_ns, PcapngBytes& out) {
  const auto ticks = static_cast<std::uint64_t>(time_ns);
  put32(static_cast<std::uint32_t>(ticks >> 32), out);
  put32(static_cast<std::uint32_t>(ticks), out);
}

void pad(std::size_t bytes, PcapngBytes& out) { out.insert(out.end(), (4 - bytes % 4) % 4, 0); }

void put_option(std::uint16_t code, std::span<const std::uint8_t> value, PcapngBytes& out) {
  put16(code, out);
  put16(static_cast<std::uint16_t>(value.size()), out);
  out.insert(out.end(), value.begin(), value.end());
  pad(value.size(), out);
}

void put_option(std::uint16_t code, std::string_view text, PcapngBytes& out) {
  text = text.substr(0, kMostText);
  put_option(code, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, out);
}

void put_option(std::uint16_t code, std::uint64_t number, PcapngBytes& out) {
  std::uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  put_option(code, bytes, out);
}

/// Begins a block; `end_block` with what this returned writes both lengths.
std::size_t begin_block(std::uint32_t type, PcapngBytes& out) {
  const std::size_t start = out.size();
  put32(type, out);
  put32(0, out);
  return start;
}

void end_block(std::size_t start, PcapngBytes& out) {
  const auto size = static_cast<std::uint32_t>(out.size() + 4 - start);
  for (std::size_t i = 0; i < 4; ++i) out[start + 4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
  put32(size, out);
}

void end_options(PcapngBytes& out) { put32(0, out); }

}  // namespace

void add_pcapng_header(const PcapngHeader& header, PcapngBytes& out) {
  const std::size_t section = begin_block(kSectionHeader, out);
  put32(0x1A2B3C4D, out);  // byte order
  put16(1, out);
  put16(0, out);
  put32(~0U, out);  // length of the section: not known
  put32(~0U, out);
  put_option(kUserApplication, header.program, out);
  end_options(out);
  end_block(section, out);

  const std::size_t interface = begin_block(kInterfaceDescription, out);
  put16(header.link_type, out);
  put16(0, out);
  put32(header.snap_length, out);
  put_option(kInterfaceName, header.interface, out);
  constexpr std::uint8_t nanoseconds[] = {9};
  put_option(kTimeResolution, nanoseconds, out);
  if (!header.filter.empty()) {
    std::string expression(1, '\0');  // first byte 0: text that libpcap understands
    expression += header.filter;
    put_option(kFilter, expression, out);
  }
  end_options(out);
  end_block(interface, out);
}

void add_pcapng_packet(std::int64_t time_ns, std::uint32_t original, std::span<const std::uint8_t> front,
                       std::span<const std::uint8_t> rest, PcapngBytes& out) {
  const std::size_t captured = front.size() + rest.size();
  const std::size_t start = begin_block(kEnhancedPacket, out);
  put32(0, out);  // interface
  put_time(time_ns, out);
  put32(static_cast<std::uint32_t>(captured), out);
  put32(original, out);
  out.insert(out.end(), front.begin(), front.end());
  out.insert(out.end(), rest.begin(), rest.end());
  pad(captured, out);
  end_block(start, out);
}

void add_pcapng_statistics(std::int64_t time_ns, const PcapngStatistics& statistics, std::string_view comment, PcapngBytes& out) {
  const std::size_t start = begin_block(kInterfaceStatistics, out);
  put32(0, out);
  put_time(time_ns, out);
  if (!comment.empty()) put_option(kComment, comment, out);
  put_option(kReceived, statistics.received, out);
  put_option(kInterfaceDrop, statistics.interface_drops, out);
  put_option(kSystemDrop, statistics.system_drops, out);
  end_options(out);
  end_block(start, out);
}

}  // namespace nightjar
