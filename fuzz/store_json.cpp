// versions/N.json and batches/ID.json: refused with a sentence that names the file, or written again as they were read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/version_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto named = [](const Error& error) { return error.sentence.find("fuzz.json") != std::string::npos; };
  if (const auto version = version_from_json(text, "fuzz.json")) {
    const std::string written = version_to_json(*version);
    const auto again = version_from_json(written, "fuzz.json");
    if (!again || version_to_json(*again) != written) std::abort();
  } else if (!named(version.error())) {
    std::abort();
  }
  if (const auto manifest = manifest_from_json(text, "fuzz.json")) {
    const std::string written = manifest_to_json(*manifest);
    const auto again = manifest_from_json(written, "fuzz.json");
    if (!again || manifest_to_json(*again) != written) std::abort();
  } else if (!named(manifest.error())) {
    std::abort();
  }
  return 0;
}
