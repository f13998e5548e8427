#pragma once
#include <cstddef>
#include <set>
#include <string>

#include "base/result.hpp"
#include "store/lake_layout.hpp"

namespace nightjar {

/// Removes what writers and queries that died left behind: data files that no version lists and whose writer lives no
/// more, manifests that no version lists, half-written versions, spill folders. Files whose names nobody here gave stay.
/// The caller holds the writers' and the commit lock. Returns the number of data files removed. When a version cannot be
/// read no data file or manifest is removed: it may list any. Versions but the newest are read only when a file asks for it.
Result<std::size_t> remove_leftovers(const LakeLayout& layout);

/// Removes one file; one that is gone already is fine. True if it was there.
Result<bool> remove_if_there(const std::filesystem::path& file);

}  // namespace nightjar
