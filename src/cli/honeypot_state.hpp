#pragma once
#include <chrono>
#include <filesystem>

#include "base/result.hpp"
#include "honeypot/persona.hpp"

namespace nightjar::cli {

/// The folder of what must survive a restart of the honeypot: the seed of its devices, and when it last sent SYN-ACKs to unproven sources.
class HoneypotState {
 public:
  explicit HoneypotState(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// How long a new run must wait, so that no source gets a second share of a minute: what is left of a minute after the last end; a whole
  /// one after an end that was not clean; nothing on a first start.
  std::chrono::seconds wait_before_answers() const;
  /// Makes the folder where it is not there. The seed is drawn on the first start; only its owner may read it.
  Result<Persona> persona() const;

  /// Notes that a run goes on, and that it has ended.
  Result<void> begin() const;
  void end() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace nightjar::cli
