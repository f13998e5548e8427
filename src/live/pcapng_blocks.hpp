#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// Bytes of a pcapng file as they are written (draft-ietf-opsawg-pcapng): little endian, one section, one interface, times in
/// nanoseconds since 1970. Each function adds one whole block to `out`.
using PcapngBytes = std::vector<std::uint8_t>;

/// What a file says of the interface and of itself.
struct PcapngHeader {
  std::string interface;                ///< name: "eth0"
  std::string filter;                   ///< expression, empty for none
  std::string program;                  ///< who writes
  std::uint16_t link_type = 1;          ///< LINKTYPE_ number
  std::uint32_t snap_length = 262'144;  ///< most bytes that are kept of a packet
};

/// Section Header Block and Interface Description Block: what every file begins with.
void add_pcapng_header(const PcapngHeader& header, PcapngBytes& out);

/// Enhanced Packet Block. `front` and `rest` are the captured bytes one behind the other (two pieces, because a VLAN tag may have to be put
/// between the addresses of a frame and what follows them).
void add_pcapng_packet(std::int64_t time_ns, std::uint32_t original, std::span<const std::uint8_t> front,
                       std::span<const std::uint8_t> rest, PcapngBytes& out);

/// Counts since the file began.
struct PcapngStatistics {
  std::uint64_t received = 0;         ///< packets that the interface brought (isb_ifrecv)
  std::uint64_t interface_drops = 0;  ///< that the interface lost (isb_ifdrop)
  std::uint64_t system_drops = 0;     ///< that the kernel lost, or that could not be written (isb_osdrop)
};
/// Interface Statistics Block: also the sign that the capture was alive at `time_ns`. `comment`: empty for none.
void add_pcapng_statistics(std::int64_t time_ns, const PcapngStatistics& statistics, std::string_view comment, PcapngBytes& out);

}  // namespace nightjar
