#include "store/merge_manifests.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/time.hpp"
#include "store/version_json.hpp"

namespace nightjar {
namespace {

/// Whether `next` goes on where `capture` ended.
bool goes_on(const ManifestCapture& capture, const ManifestCapture& next) {
  const bool same_head =
      capture.head_bytes < next.head_bytes || (capture.head_bytes == next.head_bytes && capture.head_digest == next.head_digest);
  return capture.damage.empty() && capture.readable_bytes == next.from_bytes && capture.path == next.path &&
         capture.sensor == next.sensor && capture.kind == next.kind && capture.format == next.format && capture.modelled == next.modelled &&
         capture.bytes <= next.bytes && same_head;
}

/// Adds what goes on behind a capture to it.
void extend(ManifestCapture& capture, ManifestCapture next) {
  next.from_bytes = capture.from_bytes;
  next.packets += capture.packets;
  if (capture.first_ns) next.first_ns = std::min(*capture.first_ns, next.first_ns.value_or(*capture.first_ns));
  if (capture.last_ns) next.last_ns = std::max(*capture.last_ns, next.last_ns.value_or(*capture.last_ns));
  // The first record of a minute that both have is in the first.
  std::vector<std::pair<std::int64_t, std::uint64_t>> minutes = std::move(capture.minutes);
  for (const auto& minute : next.minutes)
    if (std::ranges::find(minutes, minute.first, &std::pair<std::int64_t, std::uint64_t>::first) == minutes.end())
      minutes.push_back(minute);
  next.minutes = std::move(minutes);
  std::vector<ManifestMilestone> stones = std::move(capture.milestones);
  for (const ManifestMilestone& stone : next.milestones)
    if (stones.empty() || stone.offset > stones.back().offset) stones.push_back(stone);
  next.milestones = std::move(stones);
  capture = std::move(next);
}

/// 0 for a batch, 1 from `fewest` on, 2 from its square on ...
int size_class(std::size_t batches, std::size_t fewest) {
  int classes = 0;
  for (std::size_t left = batches; left >= fewest; left /= fewest) ++classes;
  return classes;
}

}  // namespace

Manifest merged_manifest(const std::vector<Manifest>& manifests) {
  Manifest merged = manifests.front();
  merged.captures.clear();
  std::vector<std::uint64_t> batches;
  std::map<std::pair<std::string, std::string>, std::size_t> last;  // by sensor and path
  for (const Manifest& one : manifests) {
    batches.push_back(one.batch);
    batches.insert(batches.end(), one.more.begin(), one.more.end());
    merged.created_ns = std::max(merged.created_ns, one.created_ns);
    for (const ManifestCapture& capture : one.captures) {
      const auto [at, first] = last.try_emplace({capture.sensor, capture.path}, merged.captures.size());
      if (!first && goes_on(merged.captures[at->second], capture)) {
        extend(merged.captures[at->second], capture);
        continue;
      }
      at->second = merged.captures.size();
      merged.captures.push_back(capture);
    }
  }
  std::ranges::sort(batches);
  merged.batch = batches.front();
  merged.more.assign(batches.begin() + 1, batches.end());
  return merged;
}

Result<std::size_t> merge_manifests(Lake& lake, std::int64_t now_ns, const MergeManifestsOptions& options) {
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const std::vector<LakeBatch>& batches = (*snapshot)->version().batches;
  std::map<int, std::vector<const LakeBatch*>> classes;
  for (const LakeBatch& batch : batches) classes[size_class(1 + batch.more.size(), options.fewest)].push_back(&batch);
  std::erase_if(classes, [&](const auto& one) { return one.second.size() < options.fewest; });
  if (classes.empty()) return std::size_t{0};

  Change change;
  std::size_t fewer = 0;
  for (const auto& [size, list] : classes) {
    // What a manifest says of all its captures must be the same.
    using Alike = std::tuple<std::string, std::string, std::vector<std::string>, bool>;
    std::map<Alike, std::vector<Manifest>> groups;
    for (const LakeBatch* batch : list) {
      const auto file = lake.root() / batch->manifest;
      std::error_code error;
      if (std::filesystem::file_size(file, error) > options.most_bytes || error) continue;
      auto text = read_file(file, options.most_bytes);
      if (!text) return text.error();
      auto manifest = manifest_from_json(*text, file.string());
      if (!manifest) return manifest.error();
      if (manifest->created_ns > now_ns - options.age_seconds * kNanosPerSecond) continue;
      Alike alike{manifest->catalogue, manifest->signatures, manifest->geolocation, batch->modelled};
      groups[std::move(alike)].push_back(*std::move(manifest));
    }
    for (auto& [alike, manifests] : groups) {
      if (manifests.size() < options.fewest) continue;
      std::ranges::sort(manifests, {}, &Manifest::batch);
      fewer += manifests.size() - 1;
      change.merged.push_back(merged_manifest(manifests));
    }
  }
  if (change.merged.empty()) return std::size_t{0};
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  auto committed = lake.commit(*writer, std::move(change));
  if (!committed && committed.error().sentence.starts_with("Conflict")) return std::size_t{0};
  if (!committed) return committed.error();
  return fewer;
}

}  // namespace nightjar
