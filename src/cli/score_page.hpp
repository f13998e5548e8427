#pragma once
#include <string>
#include <vector>

#include "incident/score.hpp"

namespace nightjar::cli {

/// `nightjar score` for people: the sums, a line for each true incident, and what was found that the truth does not know.
std::string score_page(const IncidentTruth& truth, const std::vector<Incident>& incidents, const Score& score);

/// The same as JSON: sums as keys, `rows` for the true incidents, `incidents` for the lake's with the verdict on each. Shares from 0 to 1,
/// delays in hours; null where there is nothing to say.
std::string score_json(const IncidentTruth& truth, const std::vector<Incident>& incidents, const Score& score);

}  // namespace nightjar::cli
