#include "store/version_json.hpp"

#include "base/file.hpp"
#include "store/json_fields.hpp"

namespace nightjar {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormat = "nightjar-lake-version";

constexpr std::uint64_t kAllHours = (1U << 24) - 1;

/// "once": sensor → hours, each a bit.
void read_once(const json& object, JsonFields& fields, LakeFile& file) {
  const auto once = object.find("once");
  if (once == object.end()) return;
  if (!once->is_object()) return fields.complain("\"once\" of " + file.path + " is not an object");
  for (const auto& [sensor, hours] : once->items()) {
    if (!hours.is_number_unsigned() || hours.get<std::uint64_t>() > kAllHours)
      return fields.complain("\"once\" of " + file.path + " holds something that is not the hours of a day");
    file.once.emplace(sensor, hours.get<std::uint32_t>());
  }
}

constexpr std::size_t kFewestOfRun = 3;
/// A file has the rows of so many batches at most: 30 years of two a minute.
constexpr std::size_t kMostNumbers = 40'000'000;

LakeFile read_lake_file(const json& object, std::string& complaint) {
  JsonFields fields(object, complaint);
  LakeFile file;
  file.path = fields.text("path");
  file.rows = fields.u64("rows");
  file.bytes = fields.u64("bytes");
  file.modelled = fields.flag("modelled");
  file.derived_from = fields.text("derived_from", false);
  file.batches = numbers_from_json(fields.list("batches", false), "\"batches\" of " + file.path, complaint);
  if (object.is_object()) read_once(object, fields, file);
  if (const auto place = place_of_file(file.path)) {
    file.table = place->table;
    file.day = place->day;
  } else {
    fields.complain("\"" + file.path + "\" is not a file of a table");
  }
  return file;
}

LakeBatch read_lake_batch(const json& object, std::string& complaint) {
  JsonFields fields(object, complaint);
  LakeBatch batch;
  batch.id = fields.u64("id");
  batch.packets = fields.u64("packets");
  batch.modelled = fields.flag("modelled");
  batch.more = numbers_from_json(fields.list("more", false), "\"more\" of batch " + std::to_string(batch.id), complaint);
  batch.manifest = manifest_path(batch.id, batch.more);
  return batch;
}

}  // namespace

ordered_json numbers_to_json(const std::vector<std::uint64_t>& numbers) {
  ordered_json list = ordered_json::array();
  for (std::size_t begin = 0, end = 0; begin < numbers.size(); begin = end) {
    end = begin + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (end - begin >= kFewestOfRun)
      list.push_back({numbers[begin], numbers[end - 1]});
    else
      for (std::size_t i = begin; i < end; ++i) list.push_back(numbers[i]);
  }
  return list;
}

std::vector<std::uint64_t> numbers_from_json(const json& list, const std::string& name, std::string& complaint) {
  std::vector<std::uint64_t> numbers;
  for (const json& item : list) {
    const bool run = item.is_array() && item.size() == 2 && item[0].is_number_unsigned() && item[1].is_number_unsigned();
    if (!run && !item.is_number_unsigned()) {
      if (complaint.empty()) complaint = name + " holds something that is no number";
      return {};
    }
    const auto first = run ? item[0].get<std::uint64_t>() : item.get<std::uint64_t>();
    const auto last = run ? item[1].get<std::uint64_t>() : first;
    if (last < first || last - first >= kMostNumbers - numbers.size()) {
      if (complaint.empty()) complaint = name + " holds a run of numbers that is none";
      return {};
    }
    for (std::uint64_t more = 0; more <= last - first; ++more) numbers.push_back(first + more);
  }
  return numbers;
}

std::string version_to_json(const LakeVersion& version) {
  // Built line by line: one line a file keeps a version readable with grep and diff, and small in memory.
  std::string text = "{\"format\":\"" + std::string(kFormat) + "\",\"schema\":" + std::to_string(version.schema) +
                     ",\"version\":" + std::to_string(version.number) + ",\"created_ns\":" + std::to_string(version.created_ns) +
                     ",\"next_batch\":" + std::to_string(version.next_batch) + ",\n\"files\":[";
  bool first = true;
  for (const LakeFile& file : version.files) {
    ordered_json object = {{"path", file.path}, {"rows", file.rows}, {"bytes", file.bytes}};
    if (!file.batches.empty()) object["batches"] = numbers_to_json(file.batches);
    if (file.modelled) object["modelled"] = true;
    if (!file.derived_from.empty()) object["derived_from"] = file.derived_from;
    if (!file.once.empty()) object["once"] = file.once;
    text += first ? "\n" : ",\n";
    text += object.dump();
    first = false;
  }
  text += "],\n\"batches\":[";
  first = true;
  for (const LakeBatch& batch : version.batches) {
    ordered_json object = {{"id", batch.id}, {"packets", batch.packets}};
    if (!batch.more.empty()) object["more"] = numbers_to_json(batch.more);
    if (batch.modelled) object["modelled"] = true;
    text += first ? "\n" : ",\n";
    text += object.dump();
    first = false;
  }
  return text + "]}\n";
}

Result<LakeVersion> version_from_json(std::string_view text, const std::string& name) {
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return Error{"the lake's version " + name + " is damaged: it is not JSON"};
  std::string complaint;
  JsonFields fields(parsed, complaint);
  LakeVersion version;
  if (fields.text("format") != kFormat) fields.complain("\"format\" is not " + std::string(kFormat));
  version.schema = static_cast<int>(fields.i64("schema"));
  if (complaint.empty() && version.schema != kSchemaVersion) {
    return Error{"the lake's version " + name + " has schema " + std::to_string(version.schema) + ", this program reads schema " +
                 std::to_string(kSchemaVersion)};
  }
  version.number = fields.u64("version");
  version.created_ns = fields.i64("created_ns");
  version.next_batch = fields.u64("next_batch");
  const json& files = fields.list("files");
  version.files.reserve(files.size());
  for (const json& file : files) version.files.push_back(read_lake_file(file, complaint));
  for (const json& batch : fields.list("batches")) version.batches.push_back(read_lake_batch(batch, complaint));
  if (!complaint.empty()) return Error{"the lake's version " + name + " is damaged: " + complaint};
  return version;
}

Result<LakeVersion> read_version(const LakeLayout& layout, std::uint64_t number) {
  constexpr std::uint64_t largest = 8ULL << 30;
  const std::string file = layout.version(number).string();
  auto text = read_file(file, largest);
  if (!text) return text.error();
  auto version = version_from_json(*text, file);
  if (version && version->number != number) {
    return Error{"the lake's version " + file + " is damaged: it says it is version " + std::to_string(version->number)};
  }
  return version;
}

}  // namespace nightjar
