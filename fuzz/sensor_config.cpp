// nightjar.toml: whatever is in it, it is read or refused with a sentence that names a line; what was read can be used.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sensor/glob.hpp"
#include "sensor/sensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto config = parse_sensor_config(text, "fuzz.toml");
  if (!config) {
    if (!config.error().sentence.starts_with("fuzz.toml:")) std::abort();
    return 0;
  }
  for (const Sensor& sensor : config->sensors) {
    for (const std::int64_t day : {std::int64_t{0}, std::int64_t{17'167}, std::int64_t{20'000}}) {
      const DayView view(sensor, day);
      Packet packet;
      packet.ip_version = 4;
      packet.dst = 0xc6120001;
      std::uint8_t index;
      if (view.direction(packet, index) == Direction::observed && index > 63) std::abort();
      packet.ip_version = 6;
      packet.dst = 0x20010db800000000;
      if (view.direction(packet, index) == Direction::observed && index > 63) std::abort();
    }
    for (const std::string& glob : sensor.captures) matches_glob(glob, text.substr(0, std::min<std::size_t>(size, 256)));
  }
  return 0;
}
