#pragma once
#include <filesystem>

#include "base/result.hpp"
#include "enrich/geolocation_file.hpp"

namespace nightjar {

/// True if the file has the mark of a MaxMind DB's metadata near its end (maxmind.github.io/MaxMind-DB).
Result<bool> looks_like_mmdb(const std::filesystem::path& path);

/// Countries and AS numbers of every address in an mmdb file. Understood records: MaxMind's (country.iso_code, else
/// registered_country.iso_code; autonomous_system_number, also below traits) and flat ones (country_code, or country with two
/// letters; asn as a number or "AS13335"). A file that is damaged anywhere in its tree or records is refused as a whole.
Result<GeolocationFile> read_mmdb(const std::filesystem::path& path);

}  // namespace nightjar
