#pragma once
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// A named place where a test can make the program die or fail. Does nothing unless the environment variable
/// NIGHTJAR_FAILPOINT is set to "NAME=kill" (SIGKILL at the first pass), "NAME=kill:N" (at the N-th pass) or
/// "NAME=error" (returns an Error as a full disk would). Stands only on paths that run a few times a batch.
Result<void> failpoint(std::string_view name);

/// Every name that `failpoint` is called with; a test walks the list. Add yours in failpoint.cpp.
const std::vector<std::string_view>& failpoints();

}  // namespace nightjar
