#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar::reflector {

/// Records that DNS answers are made of; the only ones: no query is ever resolved or forwarded (safety rule 6). Built once, then any number
/// of threads may ask.
class DnsZone {
 public:
  static constexpr std::size_t kMostRecords = 10'000;
  static constexpr std::size_t kMostRecordBytes = 4'096;

  struct Record {
    std::string name;  ///< as on the wire, labels behind their lengths and a 0; lower case
    std::uint16_t type = 0;
    std::uint32_t ttl_s = 0;
    std::vector<std::uint8_t> content;
  };

  /// A name in text, "example.com", "." or with "\." inside a label; an error says what is wrong with it.
  static Result<std::string> wire_name(std::string_view text);

  DnsZone() = default;
  explicit DnsZone(std::vector<Record> records);

  /// All records of a name (as on the wire, lower case), in the order in which they were given.
  std::span<const Record> records_of(std::string_view name) const;
  std::size_t size() const { return records_.size(); }

 private:
  std::vector<Record> records_;  ///< by name
};

}  // namespace nightjar::reflector
