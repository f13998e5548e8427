#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/output.hpp"
#include "net/address.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// Of whom everything is wanted, and of which UTC days.
struct HostQuestion {
  Prefix prefix;                                 ///< of IPv6 at most 64 bits long: a host is a /64
  std::optional<std::int64_t> from_day, to_day;  ///< days since 1970, the end not included; none: no limit
  std::size_t top = 10;                          ///< rows of a list at most
  bool single() const { return prefix.length == (prefix.first.version == 6 ? 64 : 32); }
};

/// One list of what is known.
struct HostList {
  std::string name;                   ///< key of the JSON: "ports"
  std::string title;                  ///< of the page
  std::vector<OutputColumn> columns;  ///< their names are keys of the JSON
  std::vector<std::vector<Value>> rows;
  std::uint64_t total = 0;                 ///< with those that are not shown
  std::vector<std::string> left_out = {};  ///< columns that the page does not show
};

/// What the lake knows of a host or a block of them.
struct HostFound {
  std::uint64_t hosts = 0;               ///< sources of the block that sent packets
  std::uint64_t packets = 0, bytes = 0;  ///< that they sent, bytes as IP lengths
  std::uint64_t days = 0, ports = 0, sensors = 0;
  std::string first, last;       ///< ISO 8601 UTC; empty: it sent none
  std::string country, as_name;  ///< of most of its packets (or of what was seen of it as a victim); empty: unknown
  std::uint64_t asn = 0;
  std::vector<HostList> lists;  ///< in the order of the page; empty ones too
  std::vector<std::string> remarks;
  bool known() const;  ///< anything at all
};

/// Asks all tables. `as_name`: name of a network, empty where unknown; asked once at most.
Result<HostFound> ask_host(const std::shared_ptr<const Snapshot>& snapshot, const HostQuestion& question,
                           const std::function<std::string(std::uint64_t asn)>& as_name);

/// Rows for csv and parquet: what was sent by day, sensor, protocol, port and class.
struct HostRows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};
Result<HostRows> ask_host_rows(const std::shared_ptr<const Snapshot>& snapshot, const HostQuestion& question);

}  // namespace nightjar::cli
