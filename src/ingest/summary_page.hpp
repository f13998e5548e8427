#pragma once
#include <string>

#include "ingest/summary.hpp"

namespace nightjar {

/// A page of tables for a person, 80 columns wide; outside bytes are escaped. Several captures: a line each, then their total.
/// A single capture that could not be opened has no page.
std::string summary_page(const Summaries& summaries);

}  // namespace nightjar
