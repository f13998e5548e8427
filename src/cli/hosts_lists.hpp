#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/hosts_query.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// One list and the SELECT behind it: its columns in the order of `list.columns`.
struct HostListQuery {
  HostList list;
  std::string sql;       ///< without order and limit
  std::string order;     ///< after ORDER BY
  bool derived = false;  ///< out of tables that detection makes: their rows may lie in folders of days before the question's
};

/// Every list that one SELECT answers, in the order of the page.
std::vector<HostListQuery> host_list_queries(const HostQuestion& question);

/// Conditions of the question over a table: its source (or victim), and that `time` ("hour", "day" ...) lies in the days.
std::string host_condition(const HostQuestion& question, const std::string& time);
/// Its days only; "1 = 1" where there is no limit.
std::string days_condition(const HostQuestion& question, const std::string& from_column, const std::string& to_column);

/// Asks for at most `top` rows, and how many there are in all where there are more.
Result<HostList> ask_list(QuerySession& session, HostListQuery query, std::size_t top);

/// Fingerprints that its SYNs show, with their packets.
Result<HostList> host_fingerprints(QuerySession& session, const HostQuestion& question);

/// Incidents whose packets it sent, the newest first; of very many only the newest kMostIncidents are looked at, and a remark says so.
inline constexpr std::size_t kMostIncidents = 100;
Result<HostList> host_incidents(QuerySession& session, const HostQuestion& question, std::vector<std::string>& remarks);

}  // namespace nightjar::cli
