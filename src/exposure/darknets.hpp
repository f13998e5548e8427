#pragma once
#include <string>

#include "base/result.hpp"
#include "store/query.hpp"

namespace nightjar {

/// The condition that a row's `sensor` is a darknet, with the names in it: a sub-query would read the whole of `sensor_days` each time.
/// "FALSE" where there is none.
Result<std::string> darknet_condition(QuerySession& session);

}  // namespace nightjar
