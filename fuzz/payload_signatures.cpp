// Signature files of users: whatever is in them, they are taken, or refused with a sentence that names file and line; those that were taken
// look at payloads within their bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/packet.hpp"
#include "payload/recogniser.hpp"
#include "payload/signature_file.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  auto signatures = parse_signatures({reinterpret_cast<const char*>(bytes), size}, "fuzz.toml");
  if (!signatures) {
    require(signatures.error().sentence.starts_with("fuzz.toml:"));
    return 0;
  }
  for (const Signature& signature : *signatures) require(!signature.id.empty() && !signature.cases.empty() && !signature.source.empty());
  const auto set = SignatureSet::compile(std::move(*signatures));
  if (!set) {
    require(set.error().sentence.starts_with("fuzz.toml:"));
    return 0;
  }
  auto recogniser = Recogniser::make(*set);
  require(recogniser.has_value());
  const Recognition recognition = recogniser->recognise({bytes, size}, protocol::kTcp, 80);
  for (const Tag& tag : recognition.tags) require(tag.offset + tag.length <= size);
  return 0;
}
