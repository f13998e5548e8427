#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.hpp"
#include "enrich/geolocation_file.hpp"

namespace nightjar {

/// Reads AS ranges out of lines `first,last,asn,name`: addresses as text or as decimal numbers (those below 2^32 are
/// IPv4), both included; the name may be missing or in quotes ("" for a quote inside). Lines ascend by `first`, each family
/// for itself. Empty lines are skipped.
class AsCsv {
 public:
  /// Ranges and names are added to `file`, which must outlive this; errors name `file.source.path` and the line.
  explicit AsCsv(GeolocationFile& file) : file_(file) {}
  /// Any number of whole lines, the last one ended too.
  Result<void> read_lines(std::string_view lines);

 private:
  Result<void> read_line(const char* at, const char* end);
  Error mistake(const char* line, const char* end, std::string_view what) const;

  GeolocationFile& file_;
  std::uint64_t line_ = 0;
  std::uint32_t newest_asn_ = 0;
};

/// A whole file of such lines; needs memory for the ranges, not for the text.
Result<GeolocationFile> read_as_csv(const std::filesystem::path& path);

}  // namespace nightjar
