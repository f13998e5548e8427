#include "judge/port_days.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/file.hpp"
#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "schema/derived_rows.hpp"
#include "schema/row_stream.hpp"
#include "store/derived_rows.hpp"
#include "store/lake_layout.hpp"
#include "store/parquet_writer.hpp"
#include "store/query.hpp"

namespace nightjar {
namespace {

/// Raise it when the rows are made in another way: all are made anew then.
constexpr std::string_view kWay = "2";

/// Ports and cells with fewer hosts and fewer packets are left out: what is usual there is next to nothing.
constexpr int kFewestHosts = 2, kFewestPackets = 20;

/// Days that one question takes in: as many as hold so many rows of flows together, since each question costs some time by itself, at most
/// so many, since a commit reads and writes the list of all files.
constexpr std::uint64_t kRowsAtATime = 4'000'000;
constexpr std::size_t kMostDaysAtATime = 61;

constexpr int kNoTool = 255;
constexpr std::string_view kWholePort = "port", kCell = "cell";

/// A row's marks as a bit set of fingerprints. irregular-syn is left aside: it holds for nearly every tool.
std::string marks_sql() {
  std::uint64_t tools = 0, bit = 1;
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    if (entry.name != "irregular-syn") tools |= bit;
    bit <<= 1;
  }
  return "(CAST(@marks(facts, \"window\", port, class) AS BIGINT) & " + std::to_string(tools) + ")";
}

/// The number of the lowest bit of `bit`, which has at most one: 0, no fingerprint, is kNoTool.
std::string tool_sql(const std::string& bit) {
  std::string sql = "CASE " + bit;
  for (std::size_t index = 0; index < fingerprint_catalogue().size(); ++index)
    sql += " WHEN " + std::to_string(std::uint64_t{1} << index) + " THEN " + std::to_string(index);
  return sql + " ELSE " + std::to_string(kNoTool) + " END";
}

std::string timestamp(std::int64_t day) { return "TIMESTAMP '" + format_day(day) + " 00:00:00'"; }

/// Rows in the order of a file, day after day. The tool of a source is the first fingerprint that any of its rows matches: the lowest bit
/// of their marks together, which costs less to find than the number of each row's. Ports are summed up from their cells, which are few,
/// not from sources once more.
std::string rows_sql(std::int64_t from_day, std::int64_t to_day) {
  const std::string enough = ">= " + std::to_string(kFewestHosts) + " OR sum(m_packets) >= " + std::to_string(kFewestPackets);
  const std::string sources =
      "SELECT epoch_ms(hour) // 86400000 AS m_day, protocol, port, bit_or(" + marks_sql() +
      ") AS m_marks, max(country) AS m_country, sum(packets) AS m_packets FROM flows WHERE class IN (1, 3, 4) AND hour >= " +
      timestamp(from_day) + " AND hour < " + timestamp(to_day) +
      " AND sensor IN (SELECT sensor FROM sensor_days WHERE kind = 'darknet') GROUP BY m_day, protocol, port, src";
  const std::string cells =
      "SELECT m_day, protocol, port, m_country, m_marks & -m_marks AS m_tool, count(*) AS m_hosts, CAST(sum(m_packets) AS UBIGINT) AS "
      "m_packets, CAST(max(m_packets) AS UBIGINT) AS m_largest, sum(CAST(m_packets AS DOUBLE) * CAST(m_packets AS DOUBLE)) AS m_squares "
      "FROM (" +
      sources + ") AS sources GROUP BY m_day, protocol, port, m_country, m_tool";
  return "WITH cells AS MATERIALIZED (" + cells +
         ") SELECT CAST(m_day AS BIGINT) AS d, protocol, port, 1 AS whole, '' AS country, 0 AS tool, CAST(sum(m_hosts) AS BIGINT) AS "
         "hosts, "
         "CAST(sum(m_packets) AS UBIGINT), max(m_largest), sum(m_squares) FROM cells GROUP BY m_day, protocol, port HAVING sum(m_hosts) " +
         enough + " UNION ALL SELECT CAST(m_day AS BIGINT), protocol, port, 0, m_country, " + tool_sql("m_tool") +
         ", m_hosts, m_packets, m_largest, m_squares FROM cells WHERE m_hosts >= " + std::to_string(kFewestHosts) +
         " OR m_packets >= " + std::to_string(kFewestPackets) + " ORDER BY d, protocol, port, whole, country, tool";
}

struct MissingDay {
  std::int64_t day;
  std::string flows;  ///< what they are
  std::uint64_t rows = 0;
  bool modelled = false;
};

/// Days of the version that lack rows.
std::vector<MissingDay> missing_days(const LakeVersion& version, std::int64_t from_day, std::int64_t to_day) {
  const auto flows = flows_by_day(version);
  std::set<std::int64_t> made;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::port_days || made_by(file) != kWay) continue;
    const auto day = flows.find(file.day);
    if (day != flows.end() && day->second == made_from(file)) made.insert(file.day);
  }
  std::vector<MissingDay> missing;
  for (auto day = flows.lower_bound(from_day); day != flows.end() && day->first < to_day; ++day) {
    if (!made.contains(day->first)) missing.push_back({day->first, day->second});
  }
  for (const LakeFile& file : version.files) {
    if (file.table != Table::flows) continue;
    const auto found =
        std::lower_bound(missing.begin(), missing.end(), file.day, [](const MissingDay& one, std::int64_t day) { return one.day < day; });
    if (found == missing.end() || found->day != file.day) continue;
    found->rows += file.rows;
    found->modelled |= file.modelled;
  }
  return missing;
}

std::uint64_t number(const Value& value) {
  if (const auto* n = std::get_if<std::uint64_t>(&value)) return *n;
  if (const auto* n = std::get_if<std::int64_t>(&value)) return static_cast<std::uint64_t>(*n);
  return 0;
}

PortDayRow row_of(const std::vector<Value>& values) {
  PortDayRow row;
  row.day = static_cast<std::int64_t>(number(values[0]));
  row.protocol = static_cast<std::uint8_t>(number(values[1]));
  row.port = static_cast<std::uint16_t>(number(values[2]));
  row.part = number(values[3]) != 0 ? kWholePort : kCell;
  if (const auto* country = std::get_if<std::string>(&values[4]); country != nullptr && country->size() == 2)
    row.country = country_code((*country)[0], (*country)[1]);
  const std::uint64_t tool = number(values[5]);
  if (row.part == kCell && tool < fingerprint_catalogue().size()) row.tool = fingerprint_catalogue()[tool].name;
  row.hosts = number(values[6]);
  row.packets = number(values[7]);
  row.largest = number(values[8]);
  const auto* squares = std::get_if<double>(&values[9]);
  row.squares = squares != nullptr ? *squares : 0;
  return row;
}

/// One question over neighbouring days, a file for each.
class DayWriter {
 public:
  DayWriter(std::shared_ptr<const Snapshot> snapshot, const Writer& writer, ParquetWriter& parquet)
      : snapshot_(std::move(snapshot)), writer_(writer), parquet_(parquet) {}

  Result<Change> write(std::span<const MissingDay> days, int threads) {
    QueryOptions options;
    options.threads = threads;
    options.from_day = days.front().day;
    options.to_day = days.back().day + 1;
    auto session = QuerySession::open(snapshot_, options);
    if (!session) return session.error();
    auto answer =
        (*session)->run_streaming(rows_sql(options.from_day, options.to_day), [&](const std::vector<Value>& values) -> Result<void> {
          const PortDayRow row = row_of(values);
          if (!rows_.empty() && rows_.front().day != row.day) {
            if (auto flushed = flush(days); !flushed) return flushed;
          }
          rows_.push_back(row);
          return {};
        });
    if (!answer) return answer.error();
    if (auto flushed = flush(days); !flushed) return flushed.error();
    for (const MissingDay& day : days) {
      if (written_.contains(day.day)) continue;  // nothing was asked on it
      rows_.clear();
      rows_.emplace_back();
      rows_.back().day = day.day;
      rows_.back().part = kWholePort;
      if (auto flushed = flush(days); !flushed) return flushed.error();
    }
    for (const LakeFile& old : snapshot_->version().files) {
      if (old.table == Table::port_days && written_.contains(old.day)) change_.removed.push_back(old.path);
    }
    return std::move(change_);
  }

 private:
  Result<void> flush(std::span<const MissingDay> days) {
    if (rows_.empty()) return {};
    const std::int64_t day = rows_.front().day;
    const auto of = std::find_if(days.begin(), days.end(), [day](const MissingDay& one) { return one.day == day; });
    std::vector<PortDayRow> rows = std::exchange(rows_, {});
    if (of == days.end()) return {};  // between two missing days lies one that is up to date
    written_.insert(day);
    const std::filesystem::path root = snapshot_->root();
    LakeFile file;
    file.table = Table::port_days;
    file.day = day;
    file.path =
        day_folder(Table::port_days, day) + "/" + writer_.token() + "-" + std::to_string(snapshot_->version().number) + "-ports.parquet";
    file.derived_from = derived_from(kWay, of->flows);
    file.modelled = of->modelled;
    if (auto folder = make_folders(root / day_folder(Table::port_days, day)); !folder) return folder.error();
    VectorStream<PortDayRow> stream(std::move(rows));
    auto written = parquet_.write(Table::port_days, stream, {}, root / file.path, ParquetWriter::Threads::one);
    if (!written) return written.error();
    file.rows = written->rows;
    file.bytes = written->bytes;
    change_.added.push_back(std::move(file));
    return {};
  }

  std::shared_ptr<const Snapshot> snapshot_;
  const Writer& writer_;
  ParquetWriter& parquet_;
  std::vector<PortDayRow> rows_;  ///< of one day
  std::set<std::int64_t> written_;
  Change change_;
};

}  // namespace

Result<std::size_t> ensure_port_days(Lake& lake, std::int64_t from_day, std::int64_t to_day, int threads,
                                     const std::function<void(std::int64_t)>& on_day) {
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const std::vector<MissingDay> missing = missing_days((*snapshot)->version(), from_day, to_day);
  std::size_t made = 0;
  if (missing.empty()) return made;
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  auto parquet = ParquetWriter::open({.threads = 1, .memory_bytes = 512ULL << 20, .spill = LakeLayout{lake.root()}.tmp()});
  if (!parquet) return parquet.error();
  for (std::size_t begin = 0, end = 0; begin < missing.size(); begin = end) {
    std::uint64_t rows = missing[begin].rows;
    for (end = begin + 1; end < missing.size() && end - begin < kMostDaysAtATime && rows + missing[end].rows <= kRowsAtATime &&
                          missing[end].day - missing[begin].day < static_cast<std::int64_t>(2 * kMostDaysAtATime);
         ++end)
      rows += missing[end].rows;
    if (on_day) on_day(missing[begin].day);
    auto change = DayWriter(*snapshot, *writer, **parquet).write(std::span(missing).subspan(begin, end - begin), threads);
    if (!change) return change.error();
    auto committed = lake.commit(*writer, *std::move(change));
    if (!committed && !committed.error().sentence.starts_with("Conflict")) return committed.error();
    if (committed) made += end - begin;
  }
  return made;
}

}  // namespace nightjar
