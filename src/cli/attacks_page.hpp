#pragma once
#include <string>
#include <vector>

#include "cli/attacks_query.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// What stands above attacks and beside them in JSON.
struct AttackHeading {
  std::string definition, from, to, filter;  ///< days as they were asked for, or empty
  std::uint64_t version = 0;
  bool modelled = false;
};

/// Columns of rows for programs, and a row; `modelled` adds the mark.
std::vector<std::string> attack_columns(bool modelled);
std::vector<Value> attack_values(const AttackEntry& entry, bool modelled);

std::string attack_list_json(const AttackList& list, const AttackHeading& heading);
std::string attack_list_page(const AttackList& list, const AttackHeading& heading);

std::string attack_json(const AttackFound& found, const AttackHeading& heading);
std::string attack_page(const AttackFound& found, const AttackHeading& heading);

}  // namespace nightjar::cli
