#include "capture/first_bytes.hpp"

#include <array>
#include <cstring>
#include <span>

#include "capture/byte_source.hpp"
#include "capture/compression.hpp"
#include "capture/pcap.hpp"

namespace nightjar {

FirstBytes first_bytes_of(const std::filesystem::path& path) {
  auto raw = open_file_source(path);
  if (!raw) return FirstBytes::unreadable;
  // What is neither plain nor a compression that can be undone may be anything: a zip, an archive.
  auto source = decompressed(std::move(raw).value(), capture_name(path));
  if (!source) return FirstBytes::of_something_else;
  std::array<std::uint8_t, 24> bytes{};
  const std::size_t got = read_fully(*source->source, bytes.data(), bytes.size());
  const bool broken = got < bytes.size() && (source->source->failure() || source->source->damage());
  if (got == 0) return broken ? FirstBytes::unreadable : FirstBytes::none;
  // The first block of a pcapng file.
  constexpr std::array<std::uint8_t, 4> kSectionHeader{0x0a, 0x0d, 0x0d, 0x0a};
  if (got < kSectionHeader.size()) return broken ? FirstBytes::unreadable : FirstBytes::of_something_else;
  const bool section = std::memcmp(bytes.data(), kSectionHeader.data(), kSectionHeader.size()) == 0;
  if (section || begins_pcap(std::span(bytes).first(got))) return FirstBytes::of_capture;
  return broken ? FirstBytes::unreadable : FirstBytes::of_something_else;
}

}  // namespace nightjar
