#pragma once
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "net/packet.hpp"
#include "simulate/frame.hpp"
#include "support/packet_builder.hpp"

namespace nightjar::simulate {

inline constexpr std::int64_t kNewYear = 1'483'228'800LL * 1'000'000'000;  // 2017-01-01 00:00 UTC

inline Address address(std::string_view text) { return parse_address(text).value(); }

/// A SYN from 198.51.100.7 to port 23 of 100.127.0.1.
inline Knock syn(std::int64_t time_ns = kNewYear) {
  Knock knock;
  knock.time_ns = time_ns;
  knock.from = address("198.51.100.7");
  knock.to = address("100.127.0.1");
  knock.protocol = protocol::kTcp;
  knock.tcp_flags = tcp_flag::kSyn;
  knock.src_port = 40000;
  knock.dst_port = 23;
  knock.ttl = 57;
  knock.ip_id = 1000;
  knock.window = 5840;
  return knock;
}
inline Knock udp(std::span<const std::uint8_t> payload) {
  Knock knock = syn();
  knock.protocol = protocol::kUdp;
  knock.dst_port = 50000;  // of no service: programs that know more than transports have nothing to look into
  knock.payload = payload;
  return knock;
}
inline Knock icmp(std::uint8_t type, std::uint8_t code, std::span<const std::uint8_t> payload) {
  Knock knock = syn();
  knock.protocol = protocol::kIcmp;
  knock.icmp_type = type;
  knock.icmp_code = code;
  knock.payload = payload;
  return knock;
}
inline Knock over_ipv6(Knock knock) {
  knock.from = address("2001:db8::7");
  knock.to = address("2001:db8:5c::1");
  if (knock.protocol == protocol::kIcmp) knock.protocol = protocol::kIcmpv6;
  return knock;
}
inline Knock broken(Knock knock, Broken how) {
  knock.broken = how;
  return knock;
}

inline test::ByteVector packet_of(const Knock& knock) {
  test::ByteVector bytes(kLargestRecord);
  bytes.resize(static_cast<std::size_t>(write_packet(bytes.data(), knock) - bytes.data()));
  return bytes;
}
inline test::ByteVector record_of(const Knock& knock) {
  test::ByteVector bytes(kLargestRecord);
  bytes.resize(static_cast<std::size_t>(write_record(bytes.data(), knock) - bytes.data()));
  return bytes;
}
inline test::ByteVector frame_of(const Knock& knock) {
  const test::ByteVector record = record_of(knock);
  return {record.begin() + 16, record.end()};
}

inline void write_capture(const std::string& path, const std::vector<Knock>& knocks) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(kPcapHeader.data()), sizeof kPcapHeader);
  for (const Knock& knock : knocks) {
    const test::ByteVector record = record_of(knock);
    file.write(reinterpret_cast<const char*>(record.data()), static_cast<std::streamsize>(record.size()));
  }
}

inline bool installed(const std::string& program) { return std::system(("command -v " + program + " >/dev/null").c_str()) == 0; }

/// What a command prints, by lines; `ended_well` becomes whether its status was 0.
inline std::vector<std::string> lines_of(const std::string& command, bool& ended_well) {
  std::vector<std::string> lines;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) std::abort();
  std::array<char, 4096> line;
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    lines.emplace_back(line.data());
    if (lines.back().back() == '\n') lines.back().pop_back();
  }
  ended_well = ::pclose(pipe) == 0;
  return lines;
}

}  // namespace nightjar::simulate
