#include "cli/network_names.hpp"

#include <memory>
#include <utility>

#include "enrich/geolocation.hpp"

namespace nightjar::cli {

std::function<std::string(std::uint32_t)> lazy_as_names(std::vector<std::filesystem::path> files) {
  auto loaded = std::make_shared<std::shared_ptr<const Geolocation>>();
  auto tried = std::make_shared<bool>(false);
  return [loaded, tried, files = std::move(files)](std::uint32_t asn) {
    if (!std::exchange(*tried, true)) {
      if (auto geolocation = Geolocation::load(files)) *loaded = *geolocation;
    }
    return *loaded ? (*loaded)->as_name(asn) : std::string();
  };
}

}  // namespace nightjar::cli
