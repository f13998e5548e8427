#include "ingest/evidence_captures.hpp"

#include <array>
#include <system_error>

#include "capture/pcap.hpp"
#include "ingest/file_look.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kCompressions = {".gz", ".zst", ".xz", ".bz2"};

/// The path, or what a compression that came or went makes of it; empty if nothing is there.
fs::path found_at(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path, error)) return path;
  for (const std::string_view suffix : kCompressions) {
    const fs::path other = path.string() + std::string(suffix);
    if (fs::exists(other, error)) return other;
  }
  const std::string name = path.string();
  for (const std::string_view suffix : kCompressions) {
    if (!name.ends_with(suffix)) continue;
    const fs::path other = name.substr(0, name.size() - suffix.size());
    if (fs::exists(other, error)) return other;
  }
  return {};
}

bool looks_the_same(const FileLook& look, const ManifestCapture& was) {
  return look.size != 0 && look.path == was.path && look.size == was.file_size && look.modified_ns == was.modified_ns;
}

}  // namespace

void locate(EvidenceCapture& capture) {
  const ManifestCapture& was = capture.was;
  capture.located = true;
  if (was.path == "-") {
    capture.trouble = "packets of the sensor " + was.sensor + " came over standard input and cannot be read again";
    return;
  }
  const fs::path at = found_at(was.path);
  if (at.empty()) {
    capture.trouble = was.path + " is gone";
    return;
  }
  if (looks_the_same(look_at(at), was)) {
    capture.path = at;
    return;
  }
  std::vector<std::uint64_t> sizes = {was.head_bytes};
  if (was.readable_bytes > was.head_bytes) sizes.push_back(was.readable_bytes);
  const auto digests = digest_prefixes(at, sizes);
  if (!digests) {
    capture.trouble = at.string() + " cannot be read: " + digests.error().sentence;
    return;
  }
  const bool same = digests->size() == sizes.size() &&
                    (sizes.size() == 2 ? format((*digests)[1]) == was.readable_digest : format((*digests)[0]) == was.head_digest);
  if (!same) {
    capture.trouble = at.string() + " has changed since it was ingested: its bytes are others";
    return;
  }
  capture.path = at;
  if (at != was.path) capture.trouble = was.path + " lies at " + at.string() + " now";
}

std::optional<Sensor> configured_sensor(const ManifestCapture& capture) {
  const fs::path path = capture.path;
  for (fs::path folder = path.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    std::error_code error;
    const fs::path file = folder / "nightjar.toml";
    if (fs::exists(file, error)) {
      const auto config = read_sensor_config(file);
      if (config) {
        for (const Sensor& sensor : config->sensors)
          if (sensor.name == capture.sensor) return sensor;
      }
    }
    if (folder == folder.parent_path()) break;
  }
  return std::nullopt;
}

Result<std::unique_ptr<CaptureReader>> open_stretches(const EvidenceCapture& capture, const std::vector<CaptureStretch>& stretches) {
  CaptureReader::Options options;
  options.hash = false;
  options.sensor = capture.sensor;
  if (capture.was.format == "pcap" && capture.path == capture.was.path) {
    std::vector<CaptureReader::Part> parts = {{0, kPcapHeaderBytes}};
    for (const CaptureStretch& stretch : stretches) parts.push_back({stretch.from, stretch.to});
    return CaptureReader::open_parts(capture.path, std::move(parts), options);
  }
  options.skip_bytes = stretches.front().from;
  options.stop_bytes = stretches.back().to;
  return CaptureReader::open(capture.path, options);
}

}  // namespace nightjar
