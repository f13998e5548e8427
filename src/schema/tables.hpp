#pragma once
#include <vector>

#include "schema/columns.hpp"

namespace nightjar {

/// Columns of the tables of honeypots and reflectors, and of those that detection derives, for `all_tables`.
const std::vector<Column>& request_columns();
const std::vector<Column>& session_columns();
const std::vector<Column>& payload_columns();
const std::vector<Column>& attack_columns();
const std::vector<Column>& port_day_columns();
const std::vector<Column>& scan_columns();
const std::vector<Column>& scanner_day_columns();
const std::vector<Column>& incident_columns();

}  // namespace nightjar
