#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "support/packet_builder.hpp"

namespace nightjar::test {

/// Captures as tests write them: classic pcap, little endian, nanoseconds, Ethernet.
class PcapFile {
 public:
  PcapFile() { header_ = number32(0xa1b23c4d) + number16(2) + number16(4) + number32(0) + number32(0) + number32(262144) + number32(1); }

  PcapFile& add(const PacketBuilder& packet) { return add_frame(packet.ethernet(), packet.decoded().time_ns); }
  /// Any bytes as a frame; `cut_off` more of them were on the wire.
  PcapFile& add_frame(const ByteVector& bytes, std::int64_t time_ns, std::uint32_t cut_off = 0) {
    const auto captured = static_cast<std::uint32_t>(bytes.size());
    std::string record = number32(static_cast<std::uint32_t>(time_ns / 1'000'000'000)) +
                         number32(static_cast<std::uint32_t>(time_ns % 1'000'000'000)) + number32(captured) + number32(captured + cut_off);
    record.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    records_.push_back(record);
    return *this;
  }
  std::size_t packets() const { return records_.size(); }
  /// The file with packets [first, last).
  std::string slice(std::size_t first, std::size_t last) const {
    std::string content = header_;
    for (std::size_t i = first; i < last && i < records_.size(); ++i) content += records_[i];
    return content;
  }
  std::string content() const { return slice(0, records_.size()); }

 private:
  static std::string number16(std::uint16_t value) { return {static_cast<char>(value), static_cast<char>(value >> 8)}; }
  static std::string number32(std::uint32_t value) {
    return number16(static_cast<std::uint16_t>(value)) + number16(static_cast<std::uint16_t>(value >> 16));
  }
  std::string header_;
  std::vector<std::string> records_;
};

inline constexpr std::int64_t kNov23 = 1'511'395'200LL * 1'000'000'000;  // 2017-11-23 00:00 UTC

/// Darknet-like traffic to 198.18.0.0/24: scans by few tools, answers of a victim, echo requests, requests over UDP.
inline PcapFile darknet_traffic(std::size_t packets, std::uint64_t seed, std::int64_t begin_ns = kNov23,
                                std::int64_t span_ns = 7200'000'000'000) {
  std::mt19937_64 random(seed);
  PcapFile file;
  for (std::size_t i = 0; i < packets; ++i) {
    const std::uint64_t r = random();
    const std::string to = "198.18.0." + std::to_string(r % 256),
                      from = std::to_string(1 + r / 256 % 9) + ".2.3." + std::to_string(r / 4096 % 200);
    PacketBuilder packet;
    packet.at(begin_ns + span_ns / static_cast<std::int64_t>(packets) * static_cast<std::int64_t>(i)).from(from).to(to);
    const unsigned kind = static_cast<unsigned>(r >> 40) % 10;
    if (kind < 6)
      packet.tcp().syn().port(kind < 4 ? 23 : static_cast<std::uint16_t>(r >> 44));
    else if (kind < 8)
      packet.udp().port(kind == 6 ? 1900 : 53);
    else if (kind < 9)
      packet.icmp(8);
    else
      packet.tcp().flags(tcp_flag::kSyn | tcp_flag::kAck).from("93.184.216.34").src_port(80).port(static_cast<std::uint16_t>(r >> 44));
    file.add(packet);
  }
  return file;
}

}  // namespace nightjar::test
