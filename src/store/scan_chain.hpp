#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/derived_rows.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Scan events are judged from the first day of the lake on, in stretches of days. What a stretch found depends on all days before it, so
/// each names the one before, as links of a chain: a day that changes makes its own stretch and all later ones untrue.
struct ScanLink {
  std::int64_t first_day = 0, last_day = 0;  ///< UTC days that have flows; those between may have none
  std::string rules;                         ///< by which was judged; no tab
  std::string before;                        ///< id of the link before, kNoScanLink of the first
  std::string id;                            ///< of these days, what their flows are, the rules and `before`
  const LakeFile* ended = nullptr;           ///< events that ended for certain before the end of the last day
  const LakeFile* open = nullptr;            ///< those that may go on; null where it was dropped, since later links have theirs
};
inline constexpr std::string_view kNoScanLink = "0";

/// The link after `before`, of these days.
ScanLink next_scan_link(const std::map<std::int64_t, std::string>& flows, std::string_view before, std::string_view rules,
                        std::int64_t first_day, std::int64_t last_day);

/// What write_derived_rows and _parts write of a link: `made_by` of its two files and `made_from` of both.
std::string made_by_of_ended(const ScanLink& link);
std::string made_by_of_open(const ScanLink& link);
std::string made_from_of(const ScanLink& link);

/// The links that are true, in order of their days. `flows` = flows_by_day(version); the files are those of `version`.
std::vector<ScanLink> scan_chain(const LakeVersion& version, const std::map<std::int64_t, std::string>& flows);

/// Files of the chain: all ended events, and the open ones of its end.
std::vector<const LakeFile*> believed_scans(const LakeVersion& version);

}  // namespace nightjar
