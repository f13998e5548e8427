#include "enrich/as_names.hpp"

#include <algorithm>
#include <limits>

namespace nightjar {
namespace {

/// Numbers in use are below 410,000 or private (RFC 6996, from 4,200,000,000); the latter are sorted out at the end.
constexpr std::uint32_t kSeenLimit = 1U << 20;

}  // namespace

void AsNames::add(std::uint32_t asn, std::string_view name) {
  if (texts_.size() + name.size() > std::numeric_limits<std::uint32_t>::max()) return;
  if (asn < kSeenLimit) {
    if (seen_.empty()) seen_.resize(kSeenLimit);
    if (seen_[asn]) return;
    seen_[asn] = true;
  }
  entries_.push_back({asn, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(name.size())});
  texts_ += name;
}

void AsNames::finish() {
  const auto by_number = [](const Entry& a, const Entry& b) { return a.asn < b.asn; };
  const auto same_number = [](const Entry& a, const Entry& b) { return a.asn == b.asn; };
  std::stable_sort(entries_.begin(), entries_.end(), by_number);
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same_number), entries_.end());
  entries_.shrink_to_fit();
  texts_.shrink_to_fit();
  seen_ = {};
}

std::string_view AsNames::find(std::uint32_t asn) const {
  const auto below = [](const Entry& entry, std::uint32_t number) { return entry.asn < number; };
  const auto entry = std::lower_bound(entries_.begin(), entries_.end(), asn, below);
  if (entry == entries_.end() || entry->asn != asn) return {};
  return std::string_view(texts_).substr(entry->offset, entry->size);
}

}  // namespace nightjar
