#include "enrich/mmdb.hpp"

#include <fcntl.h>
#include <maxminddb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kMark = "\xab\xcd\xefMaxMind.com";
constexpr std::size_t kMarkWithin = 128 * 1024;  ///< of the end, says the format

struct OpenMmdb {
  MMDB_s file{};
  bool open = false;
  ~OpenMmdb() {
    if (open) MMDB_close(&file);
  }
};

/// What a record says. Records are shared by many networks, so each is read once.
struct Record {
  std::uint32_t asn = 0;
  CountryCode country = 0;
};

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Two letters; "ZZ" and anything else is unknown.
CountryCode to_country(std::string_view text) {
  if (text.size() != 2 || !is_letter(text[0]) || !is_letter(text[1])) return 0;
  const CountryCode code = country_code(upper(text[0]), upper(text[1]));
  return code == country_code('Z', 'Z') ? CountryCode{0} : code;
}

std::uint32_t to_asn(std::string_view text) {
  if (text.starts_with("AS")) text.remove_prefix(2);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

/// Walks the search tree in the order of addresses and turns its leaves into ranges.
class TreeWalk {
 public:
  TreeWalk(MMDB_s& file, GeolocationFile& ranges)
      : file_(file),
        ranges_(ranges),
        bits_(file.metadata.ip_version == 4 ? 32 : 128),
        visits_left_(4ULL * file.metadata.node_count + 4096) {}

  /// Nothing if all is well, else what is wrong.
  const char* walk() {
    if (file_.metadata.node_count > 0) visit(0, 0, Key6{});
    if (wrong_ == nullptr && leaves_ > 0 && records_with_origin_ == 0) return "knows neither countries nor AS numbers";
    return wrong_;
  }

 private:
  void visit(std::uint32_t number, int depth, Key6 at) {
    // A tree visits each node once; the slack is for writers that share equal sub-trees. A ring would never end.
    if (visits_left_-- == 0) return fail("is damaged: its search tree has a loop");
    MMDB_search_node_s node;
    if (MMDB_read_node(&file_, number, &node) != MMDB_SUCCESS) return fail("is damaged: its search tree leaves the file");
    side(node.left_record, node.left_record_type, node.left_record_entry, depth, at);
    if (wrong_ != nullptr) return;
    if (depth < 64)
      at.high |= 1ULL << (63 - depth);
    else
      at.low |= 1ULL << (127 - depth);
    side(node.right_record, node.right_record_type, node.right_record_entry, depth, at);
  }

  void side(std::uint64_t record, std::uint8_t type, MMDB_entry_s entry, int depth, Key6 at) {
    switch (type) {
      case MMDB_RECORD_TYPE_EMPTY: return;
      case MMDB_RECORD_TYPE_SEARCH_NODE:
        if (depth + 1 >= bits_) return fail("is damaged: its search tree is too deep");
        if (!is_ipv4_alias(record, depth + 1, at)) visit(static_cast<std::uint32_t>(record), depth + 1, at);
        return;
      case MMDB_RECORD_TYPE_DATA: return leaf(entry, depth + 1, at);
      default: return fail("is damaged: its search tree points outside the data");
    }
  }

  /// MaxMind's IPv6 trees lead from ::ffff:0:0/96, 2001::/32 and 2002::/16 into the IPv4 part again. Those blocks are
  /// reserved and never looked up.
  bool is_ipv4_alias(std::uint64_t record, int depth, Key6 at) const {
    const bool has_ipv4_part = bits_ == 128 && file_.ipv4_start_node.netmask == 96;
    return has_ipv4_part && record == file_.ipv4_start_node.node_value && !(depth == 96 && at == Key6{});
  }

  void leaf(MMDB_entry_s entry, int length, Key6 first) {
    ++leaves_;
    const auto record = read(entry);
    if (!record) return fail("is damaged: a record cannot be read");
    if (record->asn == 0 && record->country == 0) return;
    ++records_with_origin_;
    if (bits_ == 32) return add4(first.high >> 32, length, *record);
    if (length >= 96 && first.high == 0 && first.low >> 32 == 0) return add4(first.low, length - 96, *record);
    if (length < 96 && first == Key6{}) add4(0, 0, *record);
    Key6 last = first;
    last.high |= length >= 64 ? 0 : ~0ULL >> length;
    last.low |= length <= 64 ? ~0ULL : length == 128 ? 0 : ~0ULL >> (length - 64);
    if (record->asn != 0) ranges_.asn6.add(first, last, record->asn);
    if (record->country != 0) ranges_.country6.add(first, last, record->country);
  }

  void add4(std::uint64_t first, int length, const Record& record) {
    const Key4 from{static_cast<std::uint32_t>(first)};
    const Key4 to{static_cast<std::uint32_t>(first | 0xffffffffULL >> length)};
    if (record.asn != 0) ranges_.asn4.add(from, to, record.asn);
    if (record.country != 0) ranges_.country4.add(from, to, record.country);
  }

  std::optional<Record> read(MMDB_entry_s entry) {
    const auto known = records_.find(entry.offset);
    if (known != records_.end()) return known->second;
    Record record;
    for (const auto& path : kCountryPaths) {
      if (record.country == 0) record.country = to_country(text_at(entry, path.data()));
    }
    for (const auto& path : kNumberPaths) {
      if (record.asn == 0) record.asn = number_at(entry, path.data());
    }
    for (const auto& path : kNamePaths) {
      if (record.asn == 0 || !ranges_.names.wants(record.asn)) break;
      const std::string_view name = text_at(entry, path.data());
      if (!name.empty()) ranges_.names.add(record.asn, name);
    }
    if (unreadable_) return std::nullopt;
    records_.emplace(entry.offset, record);
    return record;
  }

  /// False where the record has no such path.
  bool value_at(MMDB_entry_s entry, const char* const* path, MMDB_entry_data_s& value) {
    const int status = MMDB_aget_value(&entry, &value, path);
    if (status == MMDB_SUCCESS) return value.has_data;
    // A path into a value that is no map (country = "DE") does not match; all else is damage.
    if (status != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) unreadable_ = true;
    return false;
  }
  std::string_view text_at(MMDB_entry_s entry, const char* const* path) {
    MMDB_entry_data_s value;
    if (!value_at(entry, path, value) || value.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
    return {value.utf8_string, value.data_size};
  }
  std::uint32_t number_at(MMDB_entry_s entry, const char* const* path) {
    MMDB_entry_data_s value;
    if (!value_at(entry, path, value)) return 0;
    switch (value.type) {
      case MMDB_DATA_TYPE_UINT32: return value.uint32;
      case MMDB_DATA_TYPE_UINT16: return value.uint16;
      case MMDB_DATA_TYPE_INT32: return value.int32 > 0 ? static_cast<std::uint32_t>(value.int32) : 0;
      case MMDB_DATA_TYPE_UINT64: return value.uint64 <= 0xffffffff ? static_cast<std::uint32_t>(value.uint64) : 0;
      case MMDB_DATA_TYPE_UTF8_STRING: return to_asn({value.utf8_string, value.data_size});
      default: return 0;
    }
  }
  void fail(const char* what) { wrong_ = what; }

  using Path = std::array<const char*, 3>;
  static constexpr std::array<Path, 4> kCountryPaths = {
      {{"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}}};
  static constexpr std::array<Path, 3> kNumberPaths = {{{"autonomous_system_number"}, {"traits", "autonomous_system_number"}, {"asn"}}};
  static constexpr std::array<Path, 3> kNamePaths = {
      {{"autonomous_system_organization"}, {"traits", "autonomous_system_organization"}, {"as_name"}}};

  MMDB_s& file_;
  GeolocationFile& ranges_;
  int bits_;
  std::uint64_t visits_left_;
  std::uint64_t leaves_ = 0, records_with_origin_ = 0;
  std::unordered_map<std::uint32_t, Record> records_;  ///< by offset
  bool unreadable_ = false;
  const char* wrong_ = nullptr;
};

}  // namespace

Result<bool> looks_like_mmdb(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno_error("cannot open " + path.string(), errno);
  const off_t size = ::lseek(file, 0, SEEK_END);
  std::string tail(std::min<std::size_t>(kMarkWithin, size < 0 ? 0 : static_cast<std::size_t>(size)), '\0');
  const ssize_t got = ::pread(file, tail.data(), tail.size(), size - static_cast<off_t>(tail.size()));
  const int reason = errno;
  ::close(file);
  if (got < 0) return errno_error("cannot read " + path.string(), reason);
  tail.resize(static_cast<std::size_t>(got));
  return tail.find(kMark) != std::string::npos;
}

Result<GeolocationFile> read_mmdb(const std::filesystem::path& path) {
  OpenMmdb mmdb;
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &mmdb.file);
  const std::string name = path.string();
  if (status == MMDB_FILE_OPEN_ERROR) return errno_error("cannot open " + name, errno);
  if (status != MMDB_SUCCESS) return Error{name + " is a damaged mmdb file: " + MMDB_strerror(status)};
  mmdb.open = true;
  const MMDB_metadata_s& metadata = mmdb.file.metadata;
  // libmaxminddb 1.7 computes the size of the tree in 32 bits.
  const std::uint64_t tree_bytes = std::uint64_t{metadata.node_count} * mmdb.file.full_record_byte_size;
  if (tree_bytes + 16 > static_cast<std::uint64_t>(mmdb.file.file_size)) {
    return Error{name + " is a damaged mmdb file: its search tree is larger than the file"};
  }
  if (metadata.ip_version != 4 && metadata.ip_version != 6) {
    return Error{name + " is a damaged mmdb file: its IP version is " + std::to_string(metadata.ip_version)};
  }
  GeolocationFile ranges;
  const std::int64_t built = static_cast<std::int64_t>(std::min<std::uint64_t>(metadata.build_epoch, 253'402'300'799));
  ranges.source = {name, metadata.database_type, format_day(floor_div(built, kSecondsPerDay))};
  if (const char* wrong = TreeWalk(mmdb.file, ranges).walk(); wrong != nullptr) return Error{name + " " + wrong};
  ranges.finish();
  return ranges;
}

}  // namespace nightjar
