#include "capture_fuzzing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  nightjar::fuzz_capture({bytes, size});
  return 0;
}
