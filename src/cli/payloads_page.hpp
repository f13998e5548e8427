#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/payloads_query.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// What a signature is called, by its id. An id that no file of signatures knows any more has no entry.
struct TagName {
  std::string name, cve;  ///< "CVE-2014-8361", several with ", " between; empty: none
};
using TagNames = std::map<std::string, TagName, std::less<>>;

/// Bytes in which a signature is found now.
struct TagMatch {
  std::string tag;
  std::size_t offset = 0, length = 0;
  std::string family;  ///< of malware, where the bytes name one; else empty
};

/// What stands above rows, and beside them in JSON.
struct PayloadHeading {
  std::optional<std::string> from, to;  ///< dates in `tz`, `to` not included
  std::string tz = "UTC", filter;
  std::vector<std::string> sensors;
  std::uint64_t version = 0;  ///< of the lake
  bool modelled = false;
};

/// Pages for people, of 80 columns, ASCII only; addresses cannot be clicked.
std::string payloads_page(const PayloadHeading& heading, const PayloadList& list);
std::string payload_page(const PayloadHeading& heading, const PayloadFound& found, const TagNames& names,
                         const std::vector<TagMatch>& matches, bool all_bytes);

/// {"from", "to", "tz", "filter", "version", "modelled", "total", "remarks", "rows"}; the keys of a row are those of the header of
/// payload_json. ASCII only.
std::string payloads_json(const PayloadHeading& heading, const PayloadList& list, const TagNames& names);

/// {"sha256", "size", "first", "last", "sessions", "hosts", "ports", "tags": [{"id", "cve", "name"}], "urls", "text", "session_list":
/// [{"time", "source", "source_port", "port", "sensor", "country"}]}, and "modelled" where it is.
std::string payload_json(const PayloadHeading& heading, const PayloadFound& found, const TagNames& names);

/// The same as rows of one level, for CSV and Parquet: lists with blanks between.
std::vector<std::string> payload_columns_of_rows(bool modelled);
std::vector<Value> payload_row(const PayloadEntry& entry, bool modelled);

}  // namespace nightjar::cli
