#include "decode/link.hpp"

#include "base/byte_reader.hpp"

namespace nightjar::wire {
namespace {

// EtherTypes: IEEE registration authority.
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kVlan = 0x8100;
constexpr std::uint16_t kProviderVlan = 0x88a8;
constexpr std::uint16_t kOldQinQ1 = 0x9100;
constexpr std::uint16_t kOldQinQ2 = 0x9200;
constexpr std::uint16_t kPpp = 0x880b;
constexpr std::uint16_t kMpls = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kPppoeSession = 0x8864;
constexpr std::uint16_t kHighestLength = 1500;  ///< up to here the field is the length of an LLC frame (IEEE 802.3)

/// One frame on its way down to the IP header. Every step eats bytes or ends, and stacks at most kMaxLinkHeaders.
class Walk {
 public:
  explicit Walk(Bytes frame) : in_(frame) {}

  Linked ethernet() {
    in_.skip(12);
    return ethertype(in_.be16());
  }

  Linked ethertype(std::uint16_t type) {
    for (;;) {
      if (!in_.ok()) return failed(Undecodable::link_truncated);
      if (++headers_ > kMaxLinkHeaders) return failed(Undecodable::too_many_headers);
      switch (type) {
        case kIpv4: return found(Network::ipv4);
        case kIpv6: return found(Network::ipv6);
        case kVlan:
        case kProviderVlan:
        case kOldQinQ1:
        case kOldQinQ2:
          in_.skip(2);
          type = in_.be16();
          break;
        case kMpls:
        case kMplsMulticast: return labels();
        case kPppoeSession: return pppoe();
        case kPpp: return ppp();
        default: return type <= kHighestLength ? llc() : Linked{};
      }
    }
  }

  /// IEEE 802.2, with SNAP (RFC 1042) or the SAP of IP.
  Linked llc() {
    const std::uint8_t destination = in_.u8();
    const std::uint8_t source = in_.u8();
    const std::uint8_t control = in_.u8();
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    if (destination == 0x06 && source == 0x06 && control == 0x03) return found(Network::ipv4);
    if (destination != 0xaa || source != 0xaa || control != 0x03) return {};
    const std::uint32_t organisation = std::uint32_t{in_.u8()} << 16 | in_.be16();
    const std::uint16_t type = in_.be16();
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    // 00-00-f8 is the bridge-tunnel encapsulation of IEEE 802.1H.
    return organisation == 0 || organisation == 0x0000f8 ? ethertype(type) : Linked{};
  }

  /// RFC 3032. What lies under the labels is not named anywhere: the version nibble tells IP from a pseudo-wire, whose
  /// control word begins with 0 (RFC 4385).
  Linked labels() {
    for (std::uint32_t entry = 0; (entry & 0x100) == 0;) {
      entry = in_.be32();
      if (!in_.ok()) return failed(Undecodable::link_truncated);
      if (++headers_ > kMaxLinkHeaders) return failed(Undecodable::too_many_headers);
    }
    if (in_.remaining() == 0) return failed(Undecodable::link_truncated);
    switch (*in_.position() >> 4) {
      case 4: return found(Network::ipv4);
      case 6: return found(Network::ipv6);
      default: return {};
    }
  }

  /// RFC 2516, session stage.
  Linked pppoe() {
    const std::uint8_t version_and_type = in_.u8();
    const std::uint8_t code = in_.u8();
    in_.skip(4);
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    if (version_and_type != 0x11) return failed(Undecodable::link_malformed);
    return code == 0 ? ppp() : Linked{};
  }

  /// RFC 1661 with or without the address and control bytes of RFC 1662; protocol numbers may be compressed to one byte.
  Linked ppp() {
    if (in_.can_read(2) && in_.position()[0] == 0xff && in_.position()[1] == 0x03) in_.skip(2);
    std::uint16_t protocol = in_.u8();
    if ((protocol & 1) == 0) protocol = static_cast<std::uint16_t>(protocol << 8 | in_.u8());
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    switch (protocol) {
      case 0x0021: return found(Network::ipv4);
      case 0x0057: return found(Network::ipv6);
      case 0x0281:
      case 0x0283: return labels();
      default: return {};
    }
  }

  /// PPP over HDLC (RFC 1662) or Cisco HDLC, which carries EtherTypes.
  Linked hdlc() {
    if (in_.can_read(2) && (in_.position()[0] == 0x0f || in_.position()[0] == 0x8f)) {
      in_.skip(2);
      return ethertype(in_.be16());
    }
    return ppp();
  }

  /// ITU Q.922 address of 2 to 4 bytes, then RFC 2427; or the EtherType in Cisco's way.
  Linked frame_relay() {
    if (in_.u8() & 1) return failed(in_.ok() ? Undecodable::link_malformed : Undecodable::link_truncated);
    unsigned length = 1;
    for (std::uint8_t byte = 0; (byte & 1) == 0 && length < 4; ++length) byte = in_.u8();
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    if (!in_.can_read(1) || *in_.position() != 0x03) return ethertype(in_.be16());
    in_.skip(1);
    std::uint8_t network = in_.u8();
    if (network == 0) network = in_.u8();  // a pad byte
    if (network == 0x80) {
      const std::uint32_t organisation = std::uint32_t{in_.u8()} << 16 | in_.be16();
      const std::uint16_t type = in_.be16();
      if (!in_.ok()) return failed(Undecodable::link_truncated);
      return organisation == 0 ? ethertype(type) : Linked{};
    }
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    return network == 0xcc ? found(Network::ipv4) : network == 0x8e ? found(Network::ipv6) : Linked{};
  }

  /// BSD loopback: the address family in the byte order of the machine that wrote it, which a file does not tell.
  Linked loopback() {
    const std::uint32_t family = in_.be32();
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    switch (family < 0x10000 ? family : __builtin_bswap32(family)) {
      case 2: return found(Network::ipv4);
      case 10:                               // AF_INET6 of Linux
      case 24:                               // NetBSD, OpenBSD
      case 28:                               // FreeBSD
      case 30: return found(Network::ipv6);  // macOS
      default: return {};
    }
  }

  /// Linux cooked capture, version 1: the protocol means what ARPHRD says (here: the 16 bytes of tcpdump.org/linktypes).
  Linked cooked() {
    in_.skip(2);
    const std::uint16_t hardware = in_.be16();
    in_.skip(10);
    return cooked_protocol(hardware, in_.be16());
  }

  /// Version 2: 20 bytes, the protocol first.
  Linked cooked2() {
    const std::uint16_t protocol = in_.be16();
    in_.skip(6);
    const std::uint16_t hardware = in_.be16();
    in_.skip(10);
    return cooked_protocol(hardware, protocol);
  }

  Linked after(std::size_t header) {
    if (!in_.skip(header)) return failed(Undecodable::link_truncated);
    return found(Network::any_ip);
  }

  Linked ppp_after(std::size_t header) {
    in_.skip(header);
    return ppp();
  }

  Linked found(Network network) const { return {Undecodable::none, network, Bytes(in_.position(), in_.remaining())}; }

 private:
  static Linked failed(Undecodable reason) { return {reason, Network::not_ip, {}}; }

  Linked cooked_protocol(std::uint16_t hardware, std::uint16_t protocol) {
    constexpr std::uint16_t kNetlink = 824, kWirelessFirst = 801, kWirelessLast = 803;
    constexpr std::uint16_t kLlcFrame = 0x0004;  // Linux ETH_P_802_2
    if (!in_.ok()) return failed(Undecodable::link_truncated);
    if (hardware == kNetlink || (hardware >= kWirelessFirst && hardware <= kWirelessLast)) return {};
    if (protocol == kLlcFrame) return llc();
    return protocol <= kHighestLength ? Linked{} : ethertype(protocol);
  }

  ByteReader in_;
  unsigned headers_ = 0;
};

Linked llc_of(const Wireless& wireless) {
  if (wireless.reason != Undecodable::none) return {wireless.reason, Network::not_ip, {}};
  return wireless.llc.empty() ? Linked{} : Walk(wireless.llc).llc();
}

}  // namespace

Linked strip_ethernet(Bytes frame) { return Walk(frame).ethernet(); }
Linked strip_ppp(Bytes frame) { return Walk(frame).ppp(); }
Linked strip_ethertype(std::uint16_t ethertype, Bytes bytes) { return Walk(bytes).ethertype(ethertype); }

Linked strip_link(std::uint16_t link_type, Bytes frame) {
  Walk walk(frame);
  switch (link_type) {
    case 0:                            // NULL
    case 108: return walk.loopback();  // LOOP
    case 1: return walk.ethernet();
    case 8: return walk.after(16);  // SLIP: direction and compressed header of BSD
    case 9: return walk.ppp();
    case 12:
    case 14:
    case 101: return walk.found(Network::any_ip);  // RAW, and the DLT_ numbers of it that some systems write
    case 50:
    case 104: return walk.hdlc();  // PPP_SERIAL, C_HDLC
    case 51: return walk.pppoe();
    case 100: return walk.llc();  // ATM_RFC1483
    case 105: return llc_of(strip_wireless(frame, false));
    case 107: return walk.frame_relay();
    case 113: return walk.cooked();
    case 127: return llc_of(strip_radiotap(frame));
    case 204: return walk.ppp_after(1);  // PPP_WITH_DIR
    case 228: return walk.found(Network::ipv4);
    case 229: return walk.found(Network::ipv6);
    case 276: return walk.cooked2();
    default: return {Undecodable::link_unsupported, Network::not_ip, {}};
  }
}

bool knows_link_type(std::uint16_t link_type) { return strip_link(link_type, {}).reason != Undecodable::link_unsupported; }

}  // namespace nightjar::wire
