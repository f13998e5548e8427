#include "incident/incident.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nightjar {
namespace {

TEST(Incident, EachKindHasTheNameOfTheContract) {
  std::string names;
  for (std::size_t i = 0; i < kIncidentKinds; ++i) {
    const auto kind = static_cast<IncidentKind>(i);
    names += std::string(name_of(kind)) + " ";
    EXPECT_EQ(incident_kind(name_of(kind)), kind);
  }
  EXPECT_EQ(names, "host-spike packet-spike new-port heavy-source scan-campaign dos-victim carpet-bombing new-payload drdos sensor ");
  EXPECT_FALSE(incident_kind("earthquake"));
}

}  // namespace
}  // namespace nightjar
