#pragma once
#include <string>
#include <vector>

#include "schema/rows.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {

/// A sentence for each sensor whose packets of one batch lie on many days while its clock goes to and fro between them: a broken
/// clock, or made-up times. A slow sensor's years in their order are nothing to speak of.
std::vector<std::string> doubtful_clocks(const std::vector<SensorDayRow>& ledger, const std::vector<Sensor>& sensors);

}  // namespace nightjar
