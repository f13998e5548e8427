#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// One instruction of the kernel's packet filter (struct sock_filter, without its header).
struct FilterStep {
  std::uint16_t code;
  std::uint8_t if_true, if_false;
  std::uint32_t k;
};

/// A filter expression ("udp or tcp port 23", pcap-filter(7)) as the kernel runs it. An empty expression keeps everything; whatever passes
/// is cut to `snap_length` bytes. Fails with libpcap's own words for an expression that it does not understand.
/// Words about VLAN tags ("vlan") are refused: the kernel takes tags out of the frame before its filter sees it.
Result<std::vector<FilterStep>> compile_filter(const std::string& expression, std::uint16_t link_type, std::uint32_t snap_length);

}  // namespace nightjar
