#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "decode/decode.hpp"
#include "ingest/evidence_captures.hpp"
#include "ingest/evidence_file.hpp"
#include "ingest/row_keys.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {

/// Cuts the packets behind rows of the lake out of the captures that it was made from: reads what may hold them, decodes and files each
/// packet as ingest did, and takes those whose row has one of the keys. One thread; what is read of a capture is a buffer at a time.
class EvidenceCut {
 public:
  struct Config {
    DecodeOptions decode;              ///< as it was ingested
    std::int64_t from_ns = INT64_MIN;  ///< packets before are left out
    std::int64_t to_ns = INT64_MAX;    ///< and those from here on
    std::vector<Sensor> sensors;       ///< of --config; of others the configuration near the capture is looked for
    std::function<bool()> stopped = [] { return false; };
  };

  /// `captures` must outlive it; those that may hold packets are located when it comes to them.
  EvidenceCut(Config config, std::vector<EvidenceCapture>& captures) : config_(std::move(config)), captures_(captures) {}

  /// Adds the packets of all captures whose rows have one of the keys. Of a capture that cannot be read any more `trouble` says so; fails
  /// where packets cannot be put aside, or when it was stopped.
  Result<void> take(const RowKeys& keys, EvidencePackets& into);

  std::uint64_t taken() const { return taken_; }
  std::uint64_t frames_read() const { return frames_; }
  std::size_t captures_read() const;

 private:
  Result<void> take_of(std::size_t capture, const RowKeys& keys, EvidencePackets& into);
  bool belongs(const RawPacket& raw, const RowKeys& keys);
  std::optional<Sensor> sensor_of(const ManifestCapture& capture) const;

  Config config_;
  std::vector<EvidenceCapture>& captures_;
  std::vector<bool> read_ = std::vector<bool>(captures_.size());
  std::optional<Sensor> sensor_;   ///< of the capture at hand, if a configuration knows its addresses; else every packet is observed
  std::unique_ptr<DayView> view_;  ///< of it on the day of the packet before
  std::int64_t view_day_ = 0;
  Packet packet_;
  std::uint64_t taken_ = 0, frames_ = 0;
};

}  // namespace nightjar
