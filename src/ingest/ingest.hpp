#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "decode/decode.hpp"
#include "enrich/geolocation.hpp"
#include "ingest/paths.hpp"
#include "net/undecodable.hpp"
#include "schema/columns.hpp"
#include "store/lake.hpp"

namespace nightjar {

class SignatureSet;

/// Captures into the lake: the only room that knows the order capture → decode → fingerprint → aggregate → enrich → store.
class Ingest {
 public:
  struct Config {
    int jobs = 2;  ///< worker threads, and threads that write
    DecodeOptions decode;
    std::uint64_t batch_packets = 20'000'000;    ///< a batch is closed at this many packets ...
    std::uint64_t memory_bytes = 2'000'000'000;  ///< the tables get 40 % of it, the writer as much
    std::uint64_t flush_packets = 4'000'000;     ///< flows of a batch are written this often: memory used again is warm
    std::uint64_t step_packets = 500'000;        ///< packets read between two looks at the memory and at the batch's end
  };
  struct Dependencies {
    Lake& lake;
    /// Asked when a batch writes for the first time: loading may go on while packets are read, and data that were replaced
    /// meanwhile serve the next batch.
    std::function<Result<std::shared_ptr<const Geolocation>>()> geolocation;
    /// What tags payloads; asked once. `conversations`: there are honeypots; else only datagrams are tagged. Null: the program's own.
    std::function<Result<std::shared_ptr<const SignatureSet>>(bool conversations)> signatures{};
  };
  /// What one call did.
  struct Report {
    std::uint64_t captures = 0;        ///< that brought packets
    std::uint64_t known_captures = 0;  ///< that were in the lake already, wholly
    std::uint64_t frames = 0;          ///< read, of any kind
    std::uint64_t packets = 0;         ///< observed IP packets
    std::uint64_t outbound = 0, outside = 0, not_ip = 0;
    std::array<std::uint64_t, kUndecodableReasons> undecodable{};
    std::array<std::uint64_t, kTables> rows{}, bytes{};
    std::uint64_t batches = 0;
    std::uint64_t version = 0;          ///< of the lake afterwards
    std::vector<std::string> remarks;   ///< sentences: known captures, damage, overlaps, files passed over
    std::vector<std::string> failures;  ///< sentences: captures that could not be read, or not to their end; the others were ingested
  };
  /// How far it is; any thread may read it while `run` works.
  struct Progress {
    std::atomic<std::uint64_t> frames{0};
    std::atomic<std::uint64_t> bytes_done{0};   ///< of all files together, as they lie on the disk
    std::atomic<std::uint64_t> bytes_total{0};  ///< 0: unknown
    std::atomic<bool> writing{false};
    std::atomic<std::uint64_t> files{0};  ///< of tables written so far
  };

  Ingest(Config config, Dependencies dependencies) : config_(std::move(config)), with_(std::move(dependencies)) {}

  /// Reads all captures of the list and commits them batch by batch. Fails when the lake cannot be written; what was committed
  /// before stays, and the same call again goes on from there.
  Result<Report> run(const CaptureList& list, Progress& progress);
  /// Asks `run` to end after the packets at hand: what was read is committed. From any thread or a signal handler.
  void stop() { stopping_ = true; }

 private:
  Config config_;
  Dependencies with_;
  std::atomic<bool> stopping_{false};
};

}  // namespace nightjar
