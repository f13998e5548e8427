#include "store/derived_rows.hpp"

#include <array>
#include <cstdio>
#include <set>
#include <system_error>
#include <variant>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "fingerprint/catalogue.hpp"
#include "store/lake_layout.hpp"

namespace nightjar {
namespace {

constexpr char kBetween = '\t';

}  // namespace

std::string typed_rows(const TableSchema& table, const std::string& sql) {
  std::string text = "SELECT ";
  for (const Column& column : table.columns) {
    if (&column != table.columns.data()) text += ", ";
    const std::string name = "\"" + std::string(column.name) + "\"";
    text += "CAST(" + name + " AS " + std::string(duckdb_type(column.type)) + ") AS " + name;
  }
  return text + " FROM (" + sql + ") ORDER BY " + std::string(table.order);
}

LakeFile derived_file(const DerivedRows& rows, const std::string& name) {
  LakeFile file;
  file.table = rows.table;
  file.day = rows.day;
  file.path = day_folder(rows.table, rows.day) + "/" + name + "-" + std::string(schema_of(rows.table).name) + ".parquet";
  file.derived_from = derived_from(rows.made_by, rows.made_from);
  file.modelled = rows.modelled;
  return file;
}

std::map<std::int64_t, std::string> flows_by_day(const LakeVersion& version) {
  struct Inputs {
    std::set<std::uint64_t> flows, sensor_days;
  };
  std::map<std::int64_t, Inputs> days;
  for (const LakeFile& file : version.files) {
    if (file.table == Table::flows) days[file.day].flows.insert(file.batches.begin(), file.batches.end());
    if (file.table == Table::sensor_days) days[file.day].sensor_days.insert(file.batches.begin(), file.batches.end());
  }
  std::uint64_t start = 0;
  for (const char letter : catalogue_version()) start = mix64(start ^ static_cast<unsigned char>(letter));
  std::map<std::int64_t, std::string> texts;
  for (const auto& [day, inputs] : days) {
    if (inputs.flows.empty()) continue;
    std::uint64_t hash = start;
    for (const std::uint64_t batch : inputs.flows) hash = mix64(hash ^ batch);
    hash = mix64(hash + 1);
    for (const std::uint64_t batch : inputs.sensor_days) hash = mix64(hash ^ batch);
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
    texts[day] = text.data();
  }
  return texts;
}

Result<LakeFile> write_derived_rows(QuerySession& session, const Writer& writer, const DerivedRows& rows) {
  const std::filesystem::path root = session.snapshot().root();
  LakeFile file = derived_file(rows, writer.token() + "-" + std::to_string(session.snapshot().version().number));
  if (auto folder = make_folders(root / day_folder(rows.table, rows.day)); !folder) return folder.error();
  auto written = session.write_rows(typed_rows(schema_of(rows.table), rows.sql), root / file.path);
  if (!written) return written.error();
  file.rows = *written;
  std::error_code error;
  file.bytes = std::filesystem::file_size(root / file.path, error);
  if (error) return Error{"cannot look at " + (root / file.path).string() + ": " + error.message()};
  return file;
}

std::string derived_from(std::string_view made_by, std::string_view made_from) {
  return std::string(made_by) + kBetween + std::string(made_from);
}

std::string_view made_by(const LakeFile& file) { return std::string_view(file.derived_from).substr(0, file.derived_from.find(kBetween)); }

std::string_view made_from(const LakeFile& file) {
  const std::size_t end = file.derived_from.find(kBetween);
  return end == std::string::npos ? std::string_view() : std::string_view(file.derived_from).substr(end + 1);
}

}  // namespace nightjar
