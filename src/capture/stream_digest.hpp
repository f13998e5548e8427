#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "capture/reader.hpp"

namespace nightjar {

/// XXH3-128 of bytes that come in pieces. `value` may be asked for at any time; the digest goes on afterwards.
class StreamDigest {
 public:
  StreamDigest();
  ~StreamDigest();
  StreamDigest(const StreamDigest&) = delete;
  StreamDigest& operator=(const StreamDigest&) = delete;

  void update(const std::uint8_t* bytes, std::size_t size);
  Digest value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nightjar
