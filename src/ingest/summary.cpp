#include "ingest/summary.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <thread>

#include "capture/reader.hpp"

namespace nightjar {
namespace {

/// Counts one capture into `tally`; says in `summary` what the file is.
void read_capture(const std::filesystem::path& path, TrafficTally& tally, Summary& summary) {
  summary.file = path.string();
  CaptureReader::Options options;
  options.hash = false;
  auto reader = CaptureReader::open(path, options);
  if (!reader) {
    summary.readable = false;
    summary.damage = reader.error().sentence;
    return;
  }
  PacketBlock block;
  while ((*reader)->next(block)) {
    for (const RawPacket& raw : block.packets) tally.count(raw);
  }
  summary.link_types = (*reader)->facts().link_types;
  summary.failed = (*reader)->facts().failure.has_value();
  summary.damage = summary.failed ? (*reader)->facts().failure : (*reader)->facts().damage;
}

/// What the files' summaries add to the total: link types in their order, and how many files are broken.
void describe_total(const std::vector<Summary>& files, Summary& total) {
  std::size_t damaged = 0;
  for (const Summary& file : files) {
    damaged += file.damage.has_value();
    for (const std::uint16_t link_type : file.link_types) {
      if (std::find(total.link_types.begin(), total.link_types.end(), link_type) == total.link_types.end()) {
        total.link_types.push_back(link_type);
      }
    }
  }
  if (damaged > 0) {
    total.damage = std::to_string(damaged) + " of " + std::to_string(files.size()) + " files could not be read to the end";
  }
}

}  // namespace

std::uint64_t Summary::undecodable_packets() const { return std::accumulate(undecodable.begin(), undecodable.end(), std::uint64_t{0}); }

std::vector<std::pair<std::uint8_t, std::uint64_t>> Summary::ranked_protocols() const {
  std::vector<std::pair<std::uint8_t, std::uint64_t>> list;
  for (std::size_t number = 0; number < protocols.size(); ++number) {
    if (protocols[number] > 0) list.emplace_back(static_cast<std::uint8_t>(number), protocols[number]);
  }
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

std::string Summary::link_type_names() const {
  std::string words;
  for (const std::uint16_t link_type : link_types) words += (words.empty() ? "" : ", ") + std::string(link_type_name(link_type));
  return words;
}

Summaries summarise(const std::vector<std::filesystem::path>& paths, const DecodeOptions& options, int jobs) {
  Summaries result;
  result.files.resize(paths.size());
  TrafficTally all(options);
  std::mutex merging;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < paths.size(); i = next++) {
      TrafficTally tally(options);
      read_capture(paths[i], tally, result.files[i]);
      tally.fill(result.files[i]);
      if (paths.size() == 1) continue;
      const std::lock_guard lock(merging);
      all.merge(tally);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min<std::size_t>(static_cast<std::size_t>(std::max(jobs, 1)), paths.size()); ++i) {
      threads.emplace_back(work);
    }
    work();
  }
  if (paths.size() > 1) {
    all.fill(result.total.emplace());
    describe_total(result.files, *result.total);
  }
  return result;
}

}  // namespace nightjar
