#include <array>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "decode/decode.hpp"
#include "decode/link.hpp"

namespace nightjar {
namespace {

struct LinkTypeName {
  std::uint16_t number;
  std::string_view name;
};

// Names as tcpdump prints them (tcpdump.org/linktypes.html): those we read, and those that people have beside them.
constexpr std::array kNames = {
    LinkTypeName{0, "NULL"},
    LinkTypeName{1, "EN10MB"},
    LinkTypeName{6, "IEEE802"},
    LinkTypeName{7, "ARCNET"},
    LinkTypeName{8, "SLIP"},
    LinkTypeName{9, "PPP"},
    LinkTypeName{10, "FDDI"},
    LinkTypeName{12, "RAW"},
    LinkTypeName{14, "RAW"},
    LinkTypeName{50, "PPP_SERIAL"},
    LinkTypeName{51, "PPP_ETHER"},
    LinkTypeName{100, "ATM_RFC1483"},
    LinkTypeName{101, "RAW"},
    LinkTypeName{104, "C_HDLC"},
    LinkTypeName{105, "IEEE802_11"},
    LinkTypeName{107, "FRELAY"},
    LinkTypeName{108, "LOOP"},
    LinkTypeName{113, "LINUX_SLL"},
    LinkTypeName{119, "PRISM_HEADER"},
    LinkTypeName{127, "IEEE802_11_RADIO"},
    LinkTypeName{163, "IEEE802_11_RADIO_AVS"},
    LinkTypeName{192, "PPI"},
    LinkTypeName{195, "IEEE802_15_4"},
    LinkTypeName{197, "ERF"},
    LinkTypeName{204, "PPP_WITH_DIR"},
    LinkTypeName{228, "IPV4"},
    LinkTypeName{229, "IPV6"},
    LinkTypeName{239, "NFLOG"},
    LinkTypeName{276, "LINUX_SLL2"},
};

}  // namespace

std::string_view link_type_name(std::uint16_t link_type) {
  for (const LinkTypeName& entry : kNames) {
    if (entry.number == link_type) return entry.name;
  }
  // Views must stay valid: the names of unnamed numbers are kept, 65,536 at most.
  static std::mutex mutex;
  static std::map<std::uint16_t, std::string> unnamed;
  const std::lock_guard lock(mutex);
  return unnamed.try_emplace(link_type, "LINKTYPE " + std::to_string(link_type)).first->second;
}

bool link_type_supported(std::uint16_t link_type) { return wire::knows_link_type(link_type); }

}  // namespace nightjar
