#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/decode.hpp"
#include "net/packet.hpp"
#include "net/undecodable.hpp"

namespace nightjar {

/// What is in one capture, or in several together. Every packet is in exactly one of: a class, `not_ip`, a reason of `undecodable`.
/// A packet whose IP header could be read and whose transport header could not is undecodable, and counts in `ipv4` or `ipv6`,
/// `protocols` and the addresses too.
struct Summary {
  struct Fingerprint {
    std::string_view name;  ///< of the catalogue, in its order
    std::uint64_t packets = 0;
    std::uint64_t sources = 0;
    std::uint8_t chance_bits = 0;  ///< of random SYNs one in 2^chance_bits matches; 0: the rule is no relation of numbers
  };
  using PortCount = std::pair<std::uint16_t, std::uint64_t>;

  std::string file;                               ///< as the user named it; empty for a total
  bool readable = true;                           ///< false: it could not be opened, or is no capture; `damage` says why
  std::optional<std::string> damage;              ///< where and how it is broken, one sentence; the rest was counted
  bool failed = false;                            ///< the disk or the network failed before its end; `damage` says so
  std::vector<std::uint16_t> link_types;          ///< LINKTYPE numbers in order of appearance
  std::uint64_t packets = 0;                      ///< frames that could be read out of the file
  std::uint64_t bytes = 0;                        ///< sum of their lengths on the wire, link header included
  std::optional<std::int64_t> first_ns, last_ns;  ///< smallest and largest time

  std::uint64_t ipv4 = 0, ipv6 = 0, not_ip = 0;
  std::array<std::uint64_t, 256> protocols{};  ///< packets by IANA number of the first transport header
  std::array<std::uint64_t, kUndecodableReasons> undecodable{};
  std::array<std::uint64_t, 6> classes{};  ///< by TrafficClass

  // Distinct full addresses (IPv6 hosts are not rounded to /64 here).
  std::uint64_t sources_ipv4 = 0, sources_ipv6 = 0, destinations = 0;

  std::uint64_t tcp_syn = 0, tcp_syn_sources = 0;          ///< SYN set, and ACK, RST, FIN clear
  std::uint64_t tcp_syn_ack = 0, tcp_syn_ack_sources = 0;  ///< SYN and ACK set
  std::uint64_t tcp_rst = 0;                               ///< RST set
  std::uint64_t tcp_null_flags = 0;                        ///< no flag but perhaps ECE and CWR
  std::vector<Fingerprint> fingerprints;                   ///< all of the catalogue
  std::vector<PortCount> syn_windows;                      ///< every TCP window of a SYN, most frequent first
  std::vector<PortCount> tcp_syn_ports, udp_ports;         ///< every destination port, most frequent first

  std::uint64_t sources() const { return sources_ipv4 + sources_ipv6; }
  /// Packets without a class: not decoded for some reason.
  std::uint64_t undecodable_packets() const;
  /// Protocols that occur with their packets, most frequent first.
  std::vector<std::pair<std::uint8_t, std::uint64_t>> ranked_protocols() const;
  /// "EN10MB", or "EN10MB, RAW" for several link types; empty for none.
  std::string link_type_names() const;
};

/// Counts the packets of captures exactly. Not for several threads at once: a tally each, merged.
class TrafficTally {
 public:
  explicit TrafficTally(const DecodeOptions& options);
  TrafficTally(TrafficTally&&) noexcept;
  TrafficTally& operator=(TrafficTally&&) noexcept;
  ~TrafficTally();

  void count(const RawPacket& raw);
  /// Adds what another tally counted; its hosts and this one's are united. Any order gives the same.
  void merge(const TrafficTally& other);
  /// Fills in all that comes from packets: everything but file, readability, damage and link types.
  void fill(Summary& summary) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Summaries {
  std::vector<Summary> files;    ///< in the order asked for
  std::optional<Summary> total;  ///< of several files
};

/// Reads captures ("-" is standard input), up to `jobs` at the same time. A file that cannot be read is a Summary that says so.
Summaries summarise(const std::vector<std::filesystem::path>& paths, const DecodeOptions& options, int jobs);

}  // namespace nightjar
