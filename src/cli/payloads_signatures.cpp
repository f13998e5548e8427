#include "cli/payloads_signatures.hpp"

#include <cstdint>
#include <span>

#include "payload/recogniser.hpp"

namespace nightjar::cli {

TagNames names_of(const SignatureSet& signatures) {
  TagNames names;
  for (const Signature& signature : signatures.signatures()) {
    TagName& name = names[signature.id];
    name.name = signature.name;
    for (const std::string& cve : signature.cve) name.cve += (name.cve.empty() ? "" : ", ") + cve;
  }
  return names;
}

Result<std::vector<TagMatch>> matches_in(const std::shared_ptr<const SignatureSet>& signatures, const PayloadFound& found) {
  constexpr std::uint8_t tcp = 6, udp = 17;
  auto recogniser = Recogniser::make(signatures);
  if (!recogniser) return recogniser.error();
  const std::string& bytes = found.entry.bytes;
  const std::span<const std::uint8_t> payload(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  std::vector<TagMatch> matches;
  for (const Tag& tag : recogniser->recognise(payload, found.entry.datagram ? udp : tcp, found.first_port).tags)
    matches.push_back({tag.signature->id, tag.offset, tag.length, tag.family});
  return matches;
}

}  // namespace nightjar::cli
