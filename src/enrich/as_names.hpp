#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// Names of ASes, each text once. The first name given for a number stays.
class AsNames {
 public:
  /// False if the number certainly has a name already.
  bool wants(std::uint32_t asn) const { return asn >= seen_.size() || !seen_[asn]; }
  void add(std::uint32_t asn, std::string_view name);
  /// To be called once, after the last `add` and before the first `find`.
  void finish();
  /// Empty where unknown; lives as long as this object.
  std::string_view find(std::uint32_t asn) const;
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::uint32_t asn, offset, size;
  };
  std::string texts_;
  std::vector<Entry> entries_;
  std::vector<bool> seen_;  ///< by number, for those below a limit
};

}  // namespace nightjar
