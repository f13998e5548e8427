#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/reader.hpp"
#include "sensor/sensors.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// A capture of a batch that is to be read again, for the packets behind rows.
struct EvidenceCapture {
  ManifestCapture was;         ///< what the batch holds of it
  std::uint16_t sensor = 0;    ///< as RowKeys names it
  std::filesystem::path path;  ///< where it lies now; empty: it cannot be read again
  std::string trouble;         ///< why, or what else is to be said of it, one sentence; empty: nothing
  bool located = false;        ///< `locate` has been here
};

/// Finds a capture again: under its path, or there with a compression added or taken away. It is the one of the batch if size and time are
/// those of then, or else its digest (then it is read once); anything else is `trouble`.
void locate(EvidenceCapture& capture);

/// The sensor as the nightjar.toml in the capture's folder or the nearest above it that names it says; nothing where none does.
std::optional<Sensor> configured_sensor(const ManifestCapture& capture);

/// What to read of a capture for the minutes that are wanted, in the order of the file.
struct CaptureStretch {
  std::uint64_t from = 0, to = 0;  ///< decompressed bytes
};
/// `wants(minute)`: whether anything of it may be needed. The whole of the batch's part where its minutes are not known closely enough.
template <class Wants>
std::vector<CaptureStretch> wanted_stretches(const ManifestCapture& capture, const Wants& wants) {
  // At this number readers begin to leave entries out: what lies between two is no longer of one minute.
  constexpr std::size_t kThinned = 1'000'000;
  std::vector<CaptureStretch> stretches;
  const auto& minutes = capture.minutes;
  if (minutes.empty() || minutes.size() >= kThinned) {
    if (capture.packets > 0) stretches.push_back({capture.from_bytes, capture.readable_bytes});
    return stretches;
  }
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    if (!wants(minutes[i].first)) continue;
    const std::uint64_t end = i + 1 < minutes.size() ? minutes[i + 1].second : capture.readable_bytes;
    if (end <= minutes[i].second) continue;
    if (!stretches.empty() && stretches.back().to == minutes[i].second) {
      stretches.back().to = end;
    } else {
      stretches.push_back({minutes[i].second, end});
    }
  }
  return stretches;
}

/// Opens it so that these stretches are read: by jumping in a plain pcap file, else from the beginning to the last of them.
Result<std::unique_ptr<CaptureReader>> open_stretches(const EvidenceCapture& capture, const std::vector<CaptureStretch>& stretches);

}  // namespace nightjar
