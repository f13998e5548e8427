#pragma once
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "support/pcap_file.hpp"

namespace nightjar::test {

/// The same bytes as gzip.
inline std::string gzipped(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// A capture of PcapFile as pcapng (draft-ietf-opsawg-pcapng): section, one Ethernet interface in nanoseconds, enhanced packets.
inline std::string as_pcapng(const std::string& pcap) {
  const auto number = [](std::uint32_t value) {
    std::string bytes(4, '\0');
    std::memcpy(bytes.data(), &value, 4);
    return bytes;
  };
  const auto block = [&](std::uint32_t type, std::string body) {
    body.resize((body.size() + 3) / 4 * 4);
    const auto length = number(static_cast<std::uint32_t>(body.size() + 12));
    return number(type) + length + body + length;
  };
  const auto number_at = [&](std::size_t offset) {
    std::uint32_t value = 0;
    std::memcpy(&value, pcap.data() + offset, 4);
    return value;
  };
  std::string file = block(0x0a0d0d0a, number(0x1a2b3c4d) + number(1) + std::string(8, '\xff'));
  file += block(1, number(1) + number(262'144) + number(9 | 1 << 16) + number(9) + number(0));  // option if_tsresol: 10^-9
  for (std::size_t at = 24; at < pcap.size(); at += 16 + number_at(at + 8)) {
    const std::uint64_t time = number_at(at) * 1'000'000'000ULL + number_at(at + 4);
    file += block(6, number(0) + number(static_cast<std::uint32_t>(time >> 32)) + number(static_cast<std::uint32_t>(time)) +
                         number(number_at(at + 8)) + number(number_at(at + 12)) + pcap.substr(at + 16, number_at(at + 8)));
  }
  return file;
}

}  // namespace nightjar::test
