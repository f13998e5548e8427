#include "enrich/geolocation.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "enrich/as_csv.hpp"
#include "enrich/geolocation_file.hpp"
#include "enrich/ipv4_walk.hpp"
#include "enrich/mmdb.hpp"

namespace nightjar {
namespace {

class LoadedGeolocation final : public Geolocation {
 public:
  explicit LoadedGeolocation(std::vector<GeolocationFile> files) : files_(std::move(files)) {
    for (const GeolocationFile& file : files_) {
      sources_.push_back(file.source);
      if (!file.asn4.empty()) asn4_.push_back(&file.asn4);
      if (!file.asn6.empty()) asn6_.push_back(&file.asn6);
      if (!file.country4.empty()) country4_.push_back(&file.country4);
      if (!file.country6.empty()) country6_.push_back(&file.country6);
    }
  }

  Origin lookup(std::uint8_t ip_version, std::uint64_t src, std::uint64_t src_low) const override {
    if (is_reserved(ip_version, src, src_low)) return {};
    if (ip_version == 4) {
      const Key4 key{static_cast<std::uint32_t>(src)};
      return {first_of(asn4_, key), static_cast<CountryCode>(first_of(country4_, key))};
    }
    const Key6 key{src, src_low};
    return {first_of(asn6_, key), static_cast<CountryCode>(first_of(country6_, key))};
  }

  std::string as_name(std::uint32_t asn) const override {
    for (const GeolocationFile& file : files_) {
      const std::string_view name = file.names.find(asn);
      if (!name.empty()) return std::string(name);
    }
    return {};
  }

  const std::vector<GeolocationSource>& sources() const override { return sources_; }

  void visit_ipv4(const Ipv4Visitor& visit) const override { walk_ipv4(country4_, asn4_, visit); }

 private:
  template <class Key>
  using Tables = std::vector<const RangeTable<Key>*>;

  template <class Key>
  static std::uint32_t first_of(const Tables<Key>& tables, Key key) {
    for (const RangeTable<Key>* table : tables) {
      if (const std::uint32_t value = table->find(key); value != 0) return value;
    }
    return 0;
  }

  std::vector<GeolocationFile> files_;
  std::vector<GeolocationSource> sources_;
  Tables<Key4> asn4_, country4_;
  Tables<Key6> asn6_, country6_;
};

/// A text file has no control characters but tabs and line ends at its beginning.
bool begins_as_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4096> head;
  file.read(head.data(), head.size());
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; };
  return std::none_of(head.data(), head.data() + file.gcount(), is_control);
}

Result<GeolocationFile> read_geolocation_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error{path.string() + " is a folder; name the files in it"};
  const auto is_mmdb = looks_like_mmdb(path);
  if (!is_mmdb) return is_mmdb.error();
  if (*is_mmdb) return read_mmdb(path);
  if (std::filesystem::file_size(path, error) == 0) return Error{path.string() + " is empty"};
  if (begins_as_text(path)) return read_as_csv(path);
  return Error{path.string() +
               " is no CSV of AS ranges, and lacks the metadata that end an mmdb file; was it cut off while it was copied?"};
}

}  // namespace

void Geolocation::visit_ipv4(const Ipv4Visitor&) const {}

Result<std::shared_ptr<const Geolocation>> Geolocation::load(const std::vector<std::filesystem::path>& files) {
  std::vector<GeolocationFile> loaded;
  for (const std::filesystem::path& path : files) {
    auto file = read_geolocation_file(path);
    if (!file) return Error{"geolocation data: " + file.error().sentence};
    loaded.push_back(std::move(*file));
  }
  return std::shared_ptr<const Geolocation>(std::make_shared<LoadedGeolocation>(std::move(loaded)));
}

}  // namespace nightjar
