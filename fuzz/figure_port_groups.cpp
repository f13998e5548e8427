// port-groups.toml: whatever is in it, it is read or refused with a sentence that names the file; what was read can be asked.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "figure/port_groups.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  const auto groups = parse_port_groups({reinterpret_cast<const char*>(bytes), size}, "fuzz.toml");
  if (!groups) {
    if (!groups.error().sentence.starts_with("fuzz.toml:")) std::abort();
    return 0;
  }
  for (const std::uint16_t port : {0, 23, 8005, 65535}) {
    int in = 0;
    for (const PortGroup& group : *groups) in += group.contains(6, port) ? 1 : 0;
    if (in > 1) std::abort();  // shares would count the port twice
  }
  return 0;
}
