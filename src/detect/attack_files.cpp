#include "detect/attack_files.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/time.hpp"
#include "schema/row_stream.hpp"
#include "store/lake_layout.hpp"
#include "store/parquet_writer.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000, kMicrosPerMs = 1000;

/// The texts that a row of the lake holds.
struct Texts {
  std::string id, parent, service;
};

/// Rows in one part, also without any: a file then has its columns only.
class DayRows final : public RowStream {
 public:
  DayRows(const std::vector<AttackSpool::Entry>& entries, const AttackJudgement& judgement, const Names& sensors) {
    texts_.reserve(entries.size());
    rows_.reserve(entries.size());
    for (const AttackSpool::Entry& entry : entries) {
      const Texts& texts = texts_.emplace_back(Texts{id_text(entry.id), id_text(entry.parent), services_text(entry.services)});
      AttackRow row;
      row.id = texts.id;
      row.parent = texts.parent;
      row.service = texts.service;
      row.definition = judgement.definition;
      row.parameters = judgement.parameters;
      row.kind = name_of(entry.kind);
      row.sensor = entry.sensors == 1 ? std::string_view(sensors[entry.sensor]) : std::string_view();
      row.first = entry.first_ms * kMicrosPerMs;
      row.last = entry.last_ms * kMicrosPerMs;
      row.sensors = entry.sensors;
      row.src = entry.src;
      row.src_low = entry.src_low;
      row.victims = entry.victims;
      row.packets = entry.packets;
      row.bytes_in = entry.bytes_in;
      row.bytes_out = entry.bytes_out;
      row.asn = entry.asn;
      row.port = entry.port;
      row.country = entry.country;
      row.level = entry.level;
      row.ip_version = entry.ip_version;
      row.prefix_length = entry.prefix_length;
      row.protocol = entry.protocol;
      row.ports = entry.ports;
      row.peak_per_minute = entry.peak_per_minute;
      row.destinations = entry.destinations;
      row.mismatches = entry.mismatches;
      rows_.push_back(row);
    }
  }
  std::size_t row_size() const override { return sizeof(AttackRow); }
  std::size_t parts() const override { return 1; }
  std::span<const std::byte> open(std::size_t) override { return std::as_bytes(std::span(rows_)); }
  void close(std::size_t) override {}

 private:
  std::vector<Texts> texts_;
  std::vector<AttackRow> rows_;
};

/// Batches and mark of what a table has of UTC days [from, to].
void note_source(const LakeVersion& version, Table table, std::int64_t from, std::int64_t to, LakeFile& file) {
  std::set<std::uint64_t> batches;
  for (const LakeFile& source : version.files) {
    if (source.table != table || source.day < from || source.day > to) continue;
    batches.insert(source.batches.begin(), source.batches.end());
    file.modelled |= source.modelled;
  }
  file.batches.assign(batches.begin(), batches.end());
}

/// The day of a file that only says that nothing was found.
std::int64_t day_of_nothing(const LakeVersion& version, const AttackJudgement& judgement) {
  const std::int64_t first = requests_of(version).first_day;
  return std::min(std::max(first, judgement.from_day), judgement.to_day - 1);
}

}  // namespace

Result<LakeFile> write_attack_day(ParquetWriter& parquet, const AttackFilePlace& place, Table made_from, const AttackJudgement& judgement,
                                  const Names& sensors, std::int64_t day, const std::vector<AttackSpool::Entry>& entries) {
  LakeFile file;
  file.table = Table::attacks;
  file.day = day;
  file.path = day_folder(Table::attacks, day) + "/" + place.writer.token() + "-attacks.parquet";
  file.derived_from = to_text(judgement);
  std::int64_t last = day;
  for (const AttackSpool::Entry& entry : entries) last = std::max(last, floor_div(entry.last_ms, kMsPerDay));
  note_source(place.version, made_from, day, last, file);
  if (auto made = make_folders(place.root / day_folder(Table::attacks, day)); !made) return made.error();
  DayRows rows(entries, judgement, sensors);
  auto written = parquet.write(Table::attacks, rows, sensors, place.root / file.path);
  if (!written) return written.error();
  file.rows = written->rows;
  file.bytes = written->bytes;
  return file;
}

Result<Change> write_attack_files(const std::filesystem::path& root, const LakeVersion& version, const Writer& writer,
                                  const AttackJudgement& judgement, const Names& sensors, AttackSpool& spool) {
  auto parquet = ParquetWriter::open({.threads = 1, .memory_bytes = 512ULL << 20, .spill = LakeLayout{root}.tmp()});
  if (!parquet) return parquet.error();
  Change change;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::attacks || file.day < judgement.from_day || file.day >= judgement.to_day) continue;
    const auto made = judgement_of(file.derived_from);
    if (made && made->definition == judgement.definition) change.removed.push_back(file.path);
  }
  std::vector<std::int64_t> days = spool.days();
  if (days.empty()) days.push_back(day_of_nothing(version, judgement));
  for (const std::int64_t day : days) {
    auto entries = spool.day(day);
    if (!entries) return entries.error();
    auto file = write_attack_day(**parquet, {root, version, writer}, Table::requests, judgement, sensors, day, *entries);
    if (!file) return file.error();
    change.added.push_back(*std::move(file));
  }
  return change;
}

}  // namespace nightjar
