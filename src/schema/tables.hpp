#pragma once
#include <vector>

#include "schema/columns.hpp"

namespace nightjar {

/// Columns of the tables of honeypots and reflectors, for `all_tables`.
const std::vector<Column>& request_columns();
const std::vector<Column>& session_columns();
const std::vector<Column>& payload_columns();
const std::vector<Column>& attack_columns();

}  // namespace nightjar
