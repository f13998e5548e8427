#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// Country and AS of an address; 0 where unknown. A missing answer is a value, not an error.
struct Origin {
  std::uint32_t asn = 0;
  CountryCode country = 0;

  friend bool operator==(const Origin&, const Origin&) = default;
};

/// One file of geolocation data as the batch manifest names it.
struct GeolocationSource {
  std::string path, type, built;  ///< type as the file says ("GeoLite2-Country", ...); date it was built
};

/// Looks addresses up in any number of mmdb files (country, city, AS; MaxMind's and ip-location-db's record layouts)
/// and in AS ranges as CSV (`first,last,asn,"name"`). Immutable once loaded and safe to share between threads: to
/// replace the data, load another one and swap the pointer. Private, reserved, multicast and documentation addresses have no origin.
class Geolocation {
 public:
  /// Files in order; the first that knows an address answers. Kinds are recognised by content. An empty list knows nothing.
  static Result<std::shared_ptr<const Geolocation>> load(const std::vector<std::filesystem::path>& files);
  virtual ~Geolocation() = default;

  virtual Origin lookup(std::uint8_t ip_version, std::uint64_t src, std::uint64_t src_low) const = 0;
  /// "Cloudflare, Inc."; empty where unknown.
  virtual std::string as_name(std::uint32_t asn) const = 0;
  virtual const std::vector<GeolocationSource>& sources() const = 0;

  /// `last` is included.
  using Ipv4Visitor = std::function<void(std::uint32_t first, std::uint32_t last, Origin origin)>;
  /// Walks all of IPv4 as `lookup` answers it: the ranges that have a country, an AS or both, ascending, each as long as both stay the
  /// same. Some 10 ns a range. Data of another kind than files, which do not list their ranges, visit none.
  virtual void visit_ipv4(const Ipv4Visitor& visit) const;
};

/// The data that `npm ci` puts beside a checkout (node_modules/@ip-location-db/*) or the package beside the program (share/nightjar/geo),
/// looked for in
/// NIGHTJAR_GEODATA (a list of files or folders, colon between), then below the program's folder and its parents.
std::vector<std::filesystem::path> default_geolocation_files();

/// Special-purpose addresses (IANA registries for IPv4 and IPv6): never looked up.
bool is_reserved(std::uint8_t ip_version, std::uint64_t src, std::uint64_t src_low);

}  // namespace nightjar
