#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace nightjar {

/// What kind of traffic a packet is (rules: fingerprint/classify.hpp). FROZEN: the numbers are stored.
enum class TrafficClass : std::uint8_t { scan = 1, backscatter = 2, request = 3, echo = 4, other = 5 };
inline constexpr std::array<std::string_view, 6> kClassNames = {"", "scan", "backscatter", "request", "echo", "other"};
constexpr std::string_view name_of(TrafficClass c) { return kClassNames[static_cast<std::size_t>(c)]; }

/// What was observed of a TCP packet: the bits of the column `facts`. FROZEN: the bits are stored; append only.
/// Bits 0 to 13 are of bare SYNs, the relations with an IPv4 address or IP-ID never set for IPv6; bits 14 and 15 of TCP packets of class
/// backscatter, of which at least one is set. Rows that were written before these two existed have neither: not known. All 0 for every
/// other packet.
namespace fact {
inline constexpr std::uint32_t kSeqIsDst = 1u << 0;      ///< TCP sequence number == destination address
inline constexpr std::uint32_t kIpId54321 = 1u << 1;     ///< ip.id == 54321
inline constexpr std::uint32_t kIpIdXor = 1u << 2;       ///< ip.id == (dst ^ destination port ^ sequence) mod 65536
inline constexpr std::uint32_t kIpIdZero = 1u << 3;      ///< ip.id == 0 (IPv4)
inline constexpr std::uint32_t kNoOptions = 1u << 4;     ///< no TCP options (data offset 5)
inline constexpr std::uint32_t kDontFragment = 1u << 5;  ///< DF set (IPv4)
inline constexpr std::uint32_t kTtlBandShift = 6;        ///< 3 bits: 1 TTL up to 32, 2 up to 64, 3 up to 128, 4 up to 200, 5 up to 255
inline constexpr std::uint32_t kTtlBandMask = 7u << kTtlBandShift;
inline constexpr std::uint32_t kLayoutShift = 9;  ///< 5 bits: order of the TCP options (decode/tcp_options.hpp)
inline constexpr std::uint32_t kLayoutMask = 31u << kLayoutShift;
inline constexpr std::uint32_t kSynAck = 1u << 14;  ///< SYN and ACK set
inline constexpr std::uint32_t kReset = 1u << 15;   ///< RST set
inline constexpr std::uint32_t kBits = 16;          ///< bits in use
}  // namespace fact

}  // namespace nightjar
