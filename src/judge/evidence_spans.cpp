#include "judge/evidence_spans.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace nightjar {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::string_view sensor_kind(IncidentKind kind) {
  return kind == IncidentKind::drdos ? "reflector" : kind == IncidentKind::new_payload ? "honeypot" : "darknet";
}

/// Milliseconds between a time and a stretch; 0 within it.
std::int64_t distance(const EvidenceSpan& span, std::int64_t ms) { return std::max<std::int64_t>({0, span.from_ms - ms, ms - span.to_ms}); }

}  // namespace

void add_evidence(const std::vector<Manifest>& manifests, Incident& incident, std::size_t most) {
  // To `to`, not included.
  const std::int64_t from = incident.onset_ms, to = incident.end_ms.value_or(incident.judged_to_ms);
  std::vector<EvidenceSpan>& spans = incident.evidence;
  for (const Manifest& manifest : manifests) {
    for (const ManifestCapture& capture : manifest.captures) {
      if (capture.kind != sensor_kind(incident.kind) || !capture.first_ns || !capture.last_ns) continue;
      const std::int64_t first = *capture.first_ns / kNsPerMs, last = *capture.last_ns / kNsPerMs;
      if ((first < to || first <= from) && last >= from) spans.push_back({capture.path, std::max(first, from), std::min(last, to)});
    }
  }
  const auto by_time = [](const EvidenceSpan& span) { return std::tie(span.from_ms, span.capture); };
  std::ranges::sort(spans, {}, by_time);
  incident.evidence_more = 0;
  if (spans.size() <= most) return;
  std::ranges::stable_sort(spans, {}, [&](const EvidenceSpan& span) { return distance(span, incident.peak_ms); });
  incident.evidence_more = spans.size() - most;
  spans.resize(most);
  std::ranges::sort(spans, {}, by_time);
}

}  // namespace nightjar
