#pragma once
#include <cstdint>
#include <string>

#include "cli/hosts_query.hpp"

namespace nightjar::cli {

/// What an answer about a host says of itself.
struct HostHeading {
  std::string from, to;       ///< as the user gave them; empty: no limit
  std::uint64_t version = 0;  ///< of the lake
  bool modelled = false;
};

/// For people: at most 80 columns, outside bytes escaped.
std::string host_page(const HostHeading& heading, const HostQuestion& question, const HostFound& found);
/// {"host", "from", "to", "version", "modelled", "hosts", "country", "asn", "as_name", "first", "last", "packets", "bytes", a list of
/// objects for each list, "more": {list: rows that are not shown}, "remarks"}. Unknown values are null.
std::string host_json(const HostHeading& heading, const HostQuestion& question, const HostFound& found);
/// "203.0.113.9", "203.0.113.0/24", "2001:db8::/64".
std::string host_name(const HostQuestion& question);

}  // namespace nightjar::cli
