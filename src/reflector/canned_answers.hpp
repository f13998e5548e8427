#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "reflector/dns_zone.hpp"
#include "reflector/reply_packets.hpp"
#include "schema/services.hpp"

namespace nightjar::reflector {

/// Answers that an operator wrote down (mode `canned`), and the records of the DNS zone. A TOML file:
///
///   [[answer]]
///   service = "ntp"
///   request = "17 00 03 2a"       # hex of how it begins; ".." is any byte
///   whole = false                 # true: the request has no more bytes than these
///   reply = ["d700032a ..."]      # packets in hex; or reply_base64; at most 10 of at most 1232 bytes
///   copy = 0                      # so many bytes at the reply's start come from the request (numbers of requests)
///
///   [[record]]
///   name = "example.com"
///   type = "TXT"                  # A AAAA CNAME MX NS PTR TXT, or a number with rdata
///   ttl = 300                     # seconds
///   address = / host = / preference = / text = / rdata = "hex"
///
/// Built once, then any number of threads may ask.
class CannedAnswers {
 public:
  static constexpr std::uint64_t kMostFileBytes = 8U << 20;
  static constexpr std::size_t kMostAnswers = 4'096;
  static constexpr std::size_t kMostRequestBytes = 256;

  CannedAnswers() = default;
  /// Whatever the text is, answers or a sentence that begins with `file` and a line.
  static Result<CannedAnswers> parse(std::string_view text, const std::string& file);

  /// Writes the packets of the first answer that the request fits; false where none does.
  bool reply(Service service, std::span<const std::uint8_t> request, ReplyPackets& replies) const;
  const DnsZone& zone() const { return zone_; }
  std::size_t size() const { return answers_.size(); }

 private:
  friend class CannedReader;
  struct Answer {
    Service service = Service::unknown;
    std::vector<std::uint8_t> request;
    std::vector<bool> any;  ///< bytes of the request that may be any
    bool whole = false;
    std::size_t copy = 0;
    std::vector<std::vector<std::uint8_t>> packets;
  };
  std::vector<Answer> answers_;
  DnsZone zone_;
};

}  // namespace nightjar::reflector
