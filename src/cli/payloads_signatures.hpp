#pragma once
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "cli/payloads_page.hpp"
#include "cli/payloads_query.hpp"
#include "payload/signature_set.hpp"

namespace nightjar::cli {

/// What the signatures of a set are called.
TagNames names_of(const SignatureSet& signatures);

/// Where the signatures of a set find a payload's bytes now, which may be others than those that tagged it when it was ingested.
Result<std::vector<TagMatch>> matches_in(const std::shared_ptr<const SignatureSet>& signatures, const PayloadFound& found);

}  // namespace nightjar::cli
