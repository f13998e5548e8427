#include "judge/evidence_spans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kHourMs = 3'600'000, kNsPerMs = 1'000'000;

/// A capture an hour, named by its number, of one kind of sensor.
std::vector<Manifest> hourly(std::int64_t hours, const char* kind) {
  Manifest manifest;
  for (std::int64_t hour = 0; hour < hours; ++hour) {
    ManifestCapture capture;
    capture.path = std::to_string(hour);
    capture.kind = kind;
    capture.first_ns = hour * kHourMs * kNsPerMs + 1;
    capture.last_ns = (hour + 1) * kHourMs * kNsPerMs - 1;
    manifest.captures.push_back(capture);
  }
  return {manifest};
}

std::vector<std::string> names(const Incident& incident) {
  std::vector<std::string> list;
  for (const EvidenceSpan& span : incident.evidence) list.push_back(span.capture);
  return list;
}

TEST(EvidenceSpans, GoFromTheOnsetToTheEndHoweverLongAfterThePeak) {
  Incident incident;
  incident.onset_ms = incident.peak_ms = 2 * kHourMs + 5;
  incident.end_ms = 72 * kHourMs - 1;
  add_evidence(hourly(100, "darknet"), incident, 1000);
  ASSERT_EQ(incident.evidence.size(), 70u);
  EXPECT_EQ(incident.evidence.front().capture, "2");
  EXPECT_EQ(incident.evidence.front().from_ms, incident.onset_ms);
  EXPECT_EQ(incident.evidence.back().capture, "71");
  EXPECT_EQ(incident.evidence_more, 0u);
}

TEST(EvidenceSpans, OfManyThoseAroundThePeakAreNamedAndTheOthersCounted) {
  Incident incident;
  incident.onset_ms = 0;
  incident.peak_ms = 60 * kHourMs + kHourMs / 4;
  incident.judged_to_ms = 100 * kHourMs;
  add_evidence(hourly(100, "darknet"), incident, 3);
  EXPECT_THAT(names(incident), ElementsAre("59", "60", "61"));
  EXPECT_EQ(incident.evidence_more, 97u);
}

TEST(EvidenceSpans, AreOfTheSensorsThatSawIt) {
  Incident incident;
  incident.kind = IncidentKind::drdos;
  incident.judged_to_ms = 2 * kHourMs;
  add_evidence(hourly(3, "darknet"), incident);
  EXPECT_TRUE(incident.evidence.empty());
  add_evidence(hourly(3, "reflector"), incident);
  EXPECT_THAT(names(incident), ElementsAre("0", "1"));
}

}  // namespace
}  // namespace nightjar
