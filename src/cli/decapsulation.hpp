#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "decode/decode.hpp"

namespace nightjar::cli {

/// {"gre", "vxlan"} → options of the decoder; a sentence that lists what is possible for any other word.
Result<DecodeOptions> parse_decapsulation(const std::vector<std::string>& tunnels);

}  // namespace nightjar::cli
