#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "payload/injection.hpp"
#include "payload/signature_set.hpp"

namespace nightjar {

struct Tag {
  const Signature* signature;            ///< lives as long as the SignatureSet
  std::uint32_t offset = 0, length = 0;  ///< of the bytes in the payload that show it, for people; of the first of several patterns
  std::string family;                    ///< of malware, where the signature reads it ("OKIRU"); else empty
};

struct Recognition {
  std::vector<Tag> tags;  ///< one for each signature: exploits first, then malware, tools, techniques
  std::vector<Injection> injections;
};

/// Looks for signatures and for hidden commands. One thread uses it; it keeps buffers, and nothing of a payload.
class Recogniser {
 public:
  /// Bytes of a payload that are looked at.
  static constexpr std::size_t kMostBytes = 65'536;

  /// Fails where there is no memory.
  static Result<Recogniser> make(std::shared_ptr<const SignatureSet> signatures);
  Recogniser(Recogniser&& other) noexcept;
  ~Recogniser();

  /// What a client sent in one direction, from its first byte: the bytes of a TCP conversation in order, or a UDP payload. `protocol` is
  /// IANA's number; `port` decides about nothing, injections carry it. More bytes of the same conversation keep every tag, unless a
  /// signature says `none` or the payload ended within a word that turns out to be another one ("; wget", "; wgets").
  Recognition recognise(std::span<const std::uint8_t> payload, std::uint8_t protocol, std::uint16_t port);

  const SignatureSet& signatures() const;

 private:
  struct State;
  explicit Recogniser(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace nightjar
