#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ingest/origins.hpp"
#include "ingest/worker.hpp"
#include "sensor/sensors.hpp"
#include "store/lake.hpp"
#include "store/parquet_writer.hpp"

namespace nightjar {

class SignatureSet;

/// What a batch put into the lake.
struct BatchReport {
  std::uint64_t batch = 0;
  std::array<std::uint64_t, kTables> rows{};
  std::array<std::uint64_t, kTables> bytes{};
  std::vector<SensorDayRow> sensor_days;      ///< the ledger of the batch
  std::shared_ptr<const Snapshot> published;  ///< the version that holds it
};

/// Writes what the workers hold as one batch: all of it becomes visible at once, by `commit`, or nothing does. Until then its files
/// lie in the lake unlisted.
class BatchWriter {
 public:
  struct Dependencies {
    Lake& lake;
    const Writer& writer;
    ParquetWriter& parquet;
    std::shared_ptr<const Geolocation> geolocation;
    const std::vector<Sensor>& sensors;
    std::shared_ptr<const Snapshot> made_from;       ///< the version whose captures were compared with those of the batch
    std::shared_ptr<const SignatureSet> signatures;  ///< that tag the datagrams of dark addresses
    std::atomic<std::uint64_t>* files = nullptr;     ///< counted up with every file written, for progress
  };
  /// Reserves the batch's number.
  static Result<std::unique_ptr<BatchWriter>> begin(const Dependencies& dependencies, bool modelled);
  /// Removes the files of a batch that was not committed.
  ~BatchWriter();
  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  /// What workers held of the tables other than flows.
  struct Rest {
    std::vector<MinuteTable> minutes;
    std::vector<BackscatterTable> backscatter;
    SensorDayTable sensor_days;
    RequestTable requests;
    DatagramTable datagrams;
    SessionTable::Rows sessions;
  };
  /// Takes it from the workers, which must be idle and have empty tables afterwards. Takes no time worth mentioning.
  static Rest take_rest(std::vector<std::unique_ptr<Worker>>& workers);
  /// Writes the flows of these tables, which are empty afterwards, and the rest. May be called any number of times in a batch: rows of
  /// one key in two files add up. Nobody may use the tables meanwhile; any thread may call, one at a time.
  Result<void> flush(const std::vector<FlowTable*>& tables, Rest rest);
  /// Writes all that is left and publishes the batch. `manifest.batch` and `created_ns` are filled in.
  Result<BatchReport> commit(std::vector<std::unique_ptr<Worker>>& workers, Manifest& manifest);

 private:
  BatchWriter(const Dependencies& dependencies, bool modelled);
  /// Writes one file.
  using FileJob = std::function<Result<void>(ParquetWriter::Threads)>;
  /// Runs all jobs, each of which writes one file; several at a time where there are many. The first failure ends it.
  static Result<void> write_files(const std::vector<FileJob>& jobs);
  /// Adds a job for each day that has rows. `texts`: what the rows point to, kept until they are written.
  template <class Row, class DayOf>
  void add_jobs(Table table, std::vector<Row> rows, DayOf day_of, std::vector<FileJob>& jobs,
                const std::shared_ptr<const TextKeep>& texts = {});
  /// Returns the file where rows came, else nothing. Safe for several threads.
  Result<std::optional<LakeFile>> write_file(Table table, std::int64_t day, RowStream& rows, ParquetWriter::Threads threads);
  /// The file belongs to the batch from here on. Safe for several threads.
  void add_file(LakeFile file);
  Result<void> write_flows(const std::vector<FlowTable*>& tables, std::int64_t day, ParquetWriter::Threads threads);
  /// Sorts what is not flows, and says how to write it.
  std::vector<FileJob> sort_rest(Rest rest);
  /// The same of what honeypots and reflectors saw, and of what was sent to dark addresses.
  void sort_pots(Rest& rest, std::vector<FileJob>& jobs);
  struct DayPayloads;
  Result<void> write_payloads(std::int64_t day, DayPayloads& payloads, ParquetWriter::Threads threads);

  Dependencies with_;
  const Origins origins_;
  bool modelled_;
  Names names_;
  std::atomic<std::size_t> files_{0};
  std::mutex mutex_;  ///< of change_ and report_ while files are written
  Change change_;
  BatchReport report_;
};

}  // namespace nightjar
