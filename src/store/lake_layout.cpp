#include "store/lake_layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <random>

#include "base/hash.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kTokenSize = 12;
constexpr std::string_view kMarkerKey = "nightjar_lake";
constexpr int kMarkerFormat = 1;

bool is_lower_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

/// Letters, digits, dot, dash and underscore, not beginning with a dot: safe in a path and in SQL.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name[0] != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string_view::npos;
}

/// The folder holds nothing, or only the beginning of a marker that a crash left.
Result<bool> is_empty_folder(const LakeLayout& layout) {
  std::error_code error;
  std::filesystem::directory_iterator entries(layout.root, error);
  if (error) return Error{"cannot read the folder " + layout.root.string() + ": " + error.message()};
  const std::string marker = layout.marker().filename();
  return std::all_of(begin(entries), end(entries), [&](const auto& entry) { return entry.path().filename() == marker + ".tmp"; });
}

}  // namespace

Result<std::vector<std::uint64_t>> LakeLayout::version_numbers() const {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entries(versions(), error);
  if (error == std::errc::no_such_file_or_directory) return numbers;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename();
    std::uint64_t number = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (bad == std::errc() && name == std::to_string(number) + ".json") numbers.push_back(number);
  }
  if (error) return Error{"cannot read the folder " + versions().string() + ": " + error.message()};
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Result<LakeState> look_at_lake(const LakeLayout& layout) {
  std::error_code error;
  const auto status = std::filesystem::status(layout.root, error);
  if (status.type() == std::filesystem::file_type::not_found) return LakeState::absent;
  if (status.type() == std::filesystem::file_type::none) {
    return Error{"cannot look at the lake " + layout.root.string() + ": " + error.message()};
  }
  if (!std::filesystem::is_directory(status)) return Error{layout.root.string() + " is not a lake: it is not a folder"};
  if (!std::filesystem::exists(layout.marker(), error)) {
    if (error) return Error{"cannot look at the lake " + layout.root.string() + ": " + error.message()};
    auto empty = is_empty_folder(layout);
    if (!empty) return empty.error();
    if (*empty) return LakeState::absent;
    // Another process made the lake between the two looks.
    if (std::filesystem::exists(layout.marker(), error)) return look_at_lake(layout);
    return Error{layout.root.string() + " is not a lake: it holds other files and no " + layout.marker().filename().string() +
                 "; name another folder with --lake"};
  }
  auto text = read_file(layout.marker(), 1 << 20);
  if (!text) return text.error();
  const auto marker = nlohmann::json::parse(*text, nullptr, false);
  if (!marker.is_object() || !marker.contains(kMarkerKey) || !marker.contains("schema") || !marker["schema"].is_number_integer()) {
    return Error{layout.marker().string() + " does not say that this folder is a lake"};
  }
  if (marker["schema"] != kSchemaVersion) {
    return Error{"the lake " + layout.root.string() + " has schema " + marker["schema"].dump() + ", this program reads and writes schema " +
                 std::to_string(kSchemaVersion) + "; use the version of Nightjar that made it"};
  }
  return LakeState::present;
}

Result<void> make_lake(const LakeLayout& layout) {
  if (auto made = make_folders(layout.root); !made) return made;
  std::error_code error;
  // The marker comes first: a crash after it leaves a lake that is empty, a crash before it an empty folder.
  if (!std::filesystem::exists(layout.marker(), error)) {
    const nlohmann::ordered_json marker = {
        {kMarkerKey, kMarkerFormat}, {"schema", kSchemaVersion}, {"what", "A lake of Nightjar: versions/ says what is visible."}};
    if (auto written = write_file_atomically(layout.marker(), marker.dump(2) + "\n"); !written) return written;
  }
  for (const auto& folder : {layout.versions(), layout.batches(), layout.writers(), layout.locks()}) {
    if (auto made = make_folders(folder); !made) return made;
  }
  return {};
}

std::string manifest_path(std::uint64_t batch, const std::vector<std::uint64_t>& more) {
  std::string path = "batches/" + std::to_string(batch);
  if (!more.empty()) path += "-" + std::to_string(more.back()) + "-" + std::to_string(more.size() + 1);
  return path + ".json";
}

std::optional<FilePlace> place_of_file(std::string_view path) {
  constexpr std::string_view day_prefix = "day=";
  const std::size_t first = path.find('/');
  const std::size_t second = first == std::string_view::npos ? first : path.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view day_part = path.substr(first + 1, second - first - 1), name = path.substr(second + 1);
  if (!day_part.starts_with(day_prefix) || !is_plain_name(name) || !name.ends_with(".parquet")) return std::nullopt;
  const auto day = parse_day(day_part.substr(day_prefix.size()));
  if (!day) return std::nullopt;
  for (const TableSchema& table : all_tables()) {
    if (table.name == path.substr(0, first)) return FilePlace{table.table, *day};
  }
  return std::nullopt;
}

std::string day_folder(Table table, std::int64_t day) { return std::string(schema_of(table).name) + "/day=" + format_day(day); }

std::string_view token_of_file_name(std::string_view name) {
  const bool ours = name.size() > kTokenSize && name[kTokenSize] == '-' && is_lower_hex(name.substr(0, kTokenSize)) &&
                    (name.ends_with(".parquet") || name.ends_with(".tmp"));
  return ours ? name.substr(0, kTokenSize) : std::string_view();
}

std::string make_token() {
  std::random_device random;
  const std::uint64_t bits = mix64((std::uint64_t{random()} << 32 | random()) ^ static_cast<std::uint64_t>(now_ns()));
  std::string token(kTokenSize, '0');
  for (std::size_t i = 0; i < kTokenSize; ++i) token[i] = "0123456789abcdef"[bits >> (4 * i) & 15];
  return token;
}

}  // namespace nightjar
