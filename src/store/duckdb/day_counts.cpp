#include "store/day_counts.hpp"

#include <array>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "base/file.hpp"
#include "base/time.hpp"
#include "store/duckdb/count_cells.hpp"
#include "store/duckdb/counted_rows.hpp"
#include "store/duckdb/spill_folder.hpp"
#include "store/lake_layout.hpp"

namespace nightjar {
namespace {

using namespace duckdb_store;

// Cells of ports with fewer hosts and fewer packets are left out.
constexpr std::uint64_t kFewestHosts = 3, kFewestPackets = 100;

/// Level port, for rows in order of protocol, port, source: one port after the other, so only one port's cells are held.
Result<void> count_ports(CountedRows& rows, const std::vector<bool>& darknet, CountCells& cells) {
  CountCells::Batch batch(cells);
  CellCounter counter(darknet, true);
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;
  Result<void> outcome;
  const auto drain = [&] {
    counter.drain([&](const CountCell& cell) {
      if (!outcome || (cell.hosts < kFewestHosts && cell.packets < kFewestPackets)) return;
      outcome = batch.add(CountLevel::port, protocol, port, cell);
    });
  };
  auto read = rows.each([&](const CountedRow& row) {
    if (row.port != port || row.protocol != protocol) {
      drain();
      port = row.port;
      protocol = row.protocol;
    }
    counter.add(row);
  });
  if (!read) return read;
  drain();
  return outcome ? batch.flush() : outcome;
}

/// Levels protocol and total, for rows in order of source.
Result<void> count_protocols(CountedRows& rows, const std::vector<bool>& darknet, CountCells& cells) {
  CountCells::Batch batch(cells);
  std::array<std::unique_ptr<CellCounter>, 256> protocols;
  CellCounter total(darknet, false);
  auto read = rows.each([&](const CountedRow& row) {
    auto& counter = protocols[row.protocol];
    if (!counter) counter = std::make_unique<CellCounter>(darknet, true);
    counter->add(row);
    total.add(row);
  });
  if (!read) return read;
  Result<void> outcome;
  const auto drain = [&](CellCounter& counter, CountLevel level, std::uint8_t protocol) {
    counter.drain([&](const CountCell& cell) {
      if (outcome) outcome = batch.add(level, protocol, 0, cell);
    });
  };
  for (std::size_t protocol = 0; protocol < protocols.size(); ++protocol) {
    if (protocols[protocol]) drain(*protocols[protocol], CountLevel::protocol, static_cast<std::uint8_t>(protocol));
  }
  drain(total, CountLevel::total, 0);
  return outcome ? batch.flush() : outcome;
}

}  // namespace

Result<LakeFile> count_day(const std::filesystem::path& root, const LakeVersion& version, std::int64_t day, const std::string& name,
                           const CountsOptions& options) {
  LakeFile made;
  made.table = Table::counts;
  made.day = day;
  made.path = day_folder(Table::counts, day) + "/" + name + ".parquet";
  made.derived_from = derivation_of(version, day);
  std::set<std::uint64_t> batches;
  for (const LakeFile& file : version.files) {
    if (file.day != day || file.table != Table::flows) continue;
    batches.insert(file.batches.begin(), file.batches.end());
    made.modelled |= file.modelled;
  }
  made.batches.assign(batches.begin(), batches.end());

  const SpillFolder spill(LakeLayout{root});
  // Two sorts run at once, and what they find is collected in a third place.
  const std::uint64_t memory = (options.memory_bytes != 0 ? options.memory_bytes : default_memory_bytes()) / 3;
  auto source = DaySource::open(root, version, day, memory, spill.folder());
  if (!source) return source.error();
  auto cells = CountCells::open(memory, spill.folder());
  if (!cells) return cells.error();
  std::vector<bool> darknet;
  for (const DaySource::Sensor& sensor : (*source)->sensors()) darknet.push_back(sensor.darknet);

  auto by_port = (*source)->rows(CountedRows::Order::port_and_source);
  auto by_source = (*source)->rows(CountedRows::Order::source);
  if (!by_port) return by_port.error();
  if (!by_source) return by_source.error();
  Result<void> ports;
  std::thread other([&] { ports = count_ports(**by_port, darknet, **cells); });
  const Result<void> protocols = count_protocols(**by_source, darknet, **cells);
  other.join();
  if (!ports) return ports.error();
  if (!protocols) return protocols.error();

  std::vector<std::string> names;
  for (const DaySource::Sensor& sensor : (*source)->sensors()) names.push_back(sensor.name);
  if (auto folder = make_folders((root / made.path).parent_path()); !folder) return folder.error();
  auto written = (*cells)->write(day, names, root / made.path);
  if (!written) return written.error();
  made.rows = *written;
  std::error_code error;
  made.bytes = std::filesystem::file_size(root / made.path, error);
  if (error) return Error{"cannot look at " + (root / made.path).string() + ": " + error.message()};
  return made;
}

}  // namespace nightjar
