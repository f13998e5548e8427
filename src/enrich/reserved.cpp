#include <array>
#include <cassert>

#include "enrich/geolocation.hpp"
#include "enrich/ipv4_walk.hpp"

namespace nightjar {
namespace {

/// IANA's special-purpose registries (iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry), and
/// what their address-space registries reserve as a whole: multicast, class E, IPv6 outside global unicast.
struct Block4 {
  std::uint32_t first;
  int length;
  const char* source;
};
constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) { return a << 24 | b << 16 | c << 8 | d; }
constexpr std::array<Block4, 18> kBlocks4 = {{
    {quad(0, 0, 0, 0), 8, "RFC 791: this network"},
    {quad(10, 0, 0, 0), 8, "RFC 1918: private"},
    {quad(100, 64, 0, 0), 10, "RFC 6598: shared by carrier-grade NAT"},
    {quad(127, 0, 0, 0), 8, "RFC 1122: loopback"},
    {quad(169, 254, 0, 0), 16, "RFC 3927: link local"},
    {quad(172, 16, 0, 0), 12, "RFC 1918: private"},
    {quad(192, 0, 0, 0), 24, "RFC 6890: IETF protocol assignments"},
    {quad(192, 0, 2, 0), 24, "RFC 5737: documentation"},
    {quad(192, 31, 196, 0), 24, "RFC 7535: AS112"},
    {quad(192, 52, 193, 0), 24, "RFC 7450: AMT"},
    {quad(192, 88, 99, 0), 24, "RFC 7526: former 6to4 relay anycast"},
    {quad(192, 168, 0, 0), 16, "RFC 1918: private"},
    {quad(192, 175, 48, 0), 24, "RFC 7534: AS112"},
    {quad(198, 18, 0, 0), 15, "RFC 2544: benchmarking"},
    {quad(198, 51, 100, 0), 24, "RFC 5737: documentation"},
    {quad(203, 0, 113, 0), 24, "RFC 5737: documentation"},
    {quad(224, 0, 0, 0), 4, "RFC 5771: multicast"},
    {quad(240, 0, 0, 0), 4, "RFC 1112: reserved; RFC 919: broadcast"},
}};

/// Global unicast is 2000::/3 alone. None is longer than /64, so the upper half of an address decides.
struct Block6 {
  std::uint64_t first;
  int length;
  const char* source;
};
constexpr std::array<Block6, 9> kBlocks6 = {{
    {0x0000000000000000, 3, "RFC 4291: loopback, IPv4-mapped; RFC 6052, 8215: translated; RFC 6666, 9780: discard, dummy; else unassigned"},
    {0x4000000000000000, 2, "RFC 4291: not global unicast; RFC 9602: segment routing (5f00::/16)"},
    {0x8000000000000000, 1, "RFC 4193: unique local; RFC 4291: link local, multicast; RFC 3879: site local; else unassigned"},
    {0x2001000000000000, 23, "RFC 2928: IETF protocol assignments, Teredo, AS112 and ORCHID among them"},
    {0x20010db800000000, 32, "RFC 3849: documentation"},
    {0x2002000000000000, 16, "RFC 3056: 6to4"},
    {0x2620004f80000000, 48, "RFC 7534: AS112"},
    {0x3fff000000000000, 20, "RFC 9637: documentation"},
    {0x3ffe000000000000, 16, "RFC 3701: former 6bone"},
}};

constexpr bool in_block4(std::uint32_t address, const Block4& block) { return (address ^ block.first) >> (32 - block.length) == 0; }
constexpr bool in_block6(std::uint64_t address, const Block6& block) { return (address ^ block.first) >> (64 - block.length) == 0; }

/// What the first octet of an IPv4 address says: most of them need no look at the table.
enum class Octet : std::uint8_t { free, reserved, mixed };
constexpr std::array<Octet, 256> octets() {
  std::array<Octet, 256> kinds{};
  for (const Block4& block : kBlocks4) {
    const std::uint32_t first = block.first >> 24;
    if (block.length > 8) kinds[first] = Octet::mixed;
    for (std::uint32_t i = first; block.length <= 8 && i < first + (1U << (8 - block.length)); ++i) kinds[i] = Octet::reserved;
  }
  return kinds;
}
constexpr auto kOctets = octets();

bool is_reserved4(std::uint32_t address) {
  const Octet kind = kOctets[address >> 24];
  if (kind != Octet::mixed) return kind == Octet::reserved;
  for (const Block4& block : kBlocks4) {
    if (in_block4(address, block)) return true;
  }
  return false;
}

bool is_reserved6(std::uint64_t high) {
  for (const Block6& block : kBlocks6) {
    if (in_block6(high, block)) return true;
  }
  return false;
}

}  // namespace

RangeTable<Key4> reserved_ipv4() {
  RangeTable<Key4> table;
  for (const Block4& block : kBlocks4) {
    [[maybe_unused]] const bool ascends = table.add({block.first}, {block.first | 0xffffffffU >> block.length}, 1);
    assert(ascends);
  }
  table.finish();
  return table;
}

bool is_reserved(std::uint8_t ip_version, std::uint64_t src, std::uint64_t) {
  return ip_version == 4 ? is_reserved4(static_cast<std::uint32_t>(src)) : is_reserved6(src);
}

}  // namespace nightjar
